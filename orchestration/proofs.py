"""What need not be built again: a layer that was built, tested and gated from the very same input.

A build is a function of the raw files, the tenant's settings, the as-of day and the code. Their hash
is kept for a layer only after its gate held, and dropped before anything of it is built again, so a
killed or failed night proves nothing. Gates are evaluated every night all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import duckdb

from orchestration import environment, layers
from orchestration.night import Night

_CODE = ("dbt_project", "orchestration", "ml")
_SUFFIXES = {".sql", ".yml", ".csv", ".py"}
_FILE = "proofs.json"
_IN_PART = "built in part"


@lru_cache(maxsize=1)
def code() -> str:
    """The hash of all code that tables follow from."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for folder in _CODE:
        for path in sorted((environment.PROJECT_ROOT / folder).rglob("*")):
            if path.suffix in _SUFFIXES and "target" not in path.parts:
                digest.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def signature(night: Night) -> str:
    """The hash of everything a layer's tables follow from."""
    raw = night.data / "raw"
    files = sorted(path.relative_to(raw).as_posix() for path in raw.rglob("*.parquet"))
    variables = json.dumps(night.dbt_variables(), sort_keys=True, default=str)
    return hashlib.sha256("\n".join([code(), variables, *files]).encode()).hexdigest()


def holds(night: Night, layer: str) -> bool:
    """Whether the layer's tables are already those of this input."""
    if environment.read().rebuild == "yes":
        return False
    there = night.warehouse.path.exists() and night.warehouse.marts_path.exists()
    return there and _read(night).get(layer) == signature(night)


def hold_all(night: Night, names: Iterable[str]) -> bool:
    """Whether several layers were proven on tonight's input."""
    wanted, found = signature(night), _read(night)
    return all(found.get(name) == wanted for name in names)


def keep(night: Night, layer: str) -> None:
    """The layer was built and its gate held; of one that was built in part that says nothing."""
    if _read(night).get(layer) != _IN_PART:
        _write(night, _read(night) | {layer: signature(night)})


def drop(night: Night, layer: str, *, in_part: bool = False) -> None:
    """The layer is about to be built again, or its gate failed; what follows from it is unproven too."""
    gone = layers.NAMES[layers.NAMES.index(layer) :] if layer in layers.NAMES else (layer,)
    kept = {name: proof for name, proof in _read(night).items() if name not in gone}
    _write(night, kept | ({layer: _IN_PART} if in_part else {}))


def forget(night: Night) -> None:
    """The files that proofs are of are gone."""
    _path(night).unlink(missing_ok=True)


def _path(night: Night) -> Path:
    return night.data / _FILE


def _read(night: Night) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(_path(night).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _write(night: Night, proofs: dict[str, str]) -> None:
    beside = _path(night).with_suffix(".part")
    beside.write_text(json.dumps(proofs, indent=1, sort_keys=True) + "\n")
    beside.replace(_path(night))

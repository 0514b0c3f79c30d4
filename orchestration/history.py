"""What a night may add to: event-sized tables that hold exactly a proven earlier night.

The marker is kept only after the marts' gate held, and dropped before anything is built again, so
whatever a killed or failed night left half-built is built whole by the next one. The rules, and why,
are in docs/adr/0006-nights-add-to-history.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import environment, proofs
from orchestration.ingestion import ledger
from orchestration.ingestion.ledger import RAW
from orchestration.night import Night

# Built in this order from one night's input; each may add only where the one before did.
LAYERS = ("staging", "intermediate", "marts")
_FILE = "history.json"
_OF_THE_DAY = {"as_of", "as_of_end", "snapshot_anchors", "reach_anchor"}

Marker = Mapping[str, Any]


def begin(night: Night, layer: str, relations: Collection[tuple[str, str]]) -> datetime | None:
    """Say that a layer is about to be built whole.

    Parameters
    ----------
    relations : collection of (schema, name)
        All that a proven night left behind.

    Returns
    -------
    datetime, optional
        The end of the proven night's day, when tonight may add to its tables; None when the layer
        has to be built anew.
    """
    if layer not in LAYERS:
        return None
    state = _read(night)
    before = list(LAYERS[: LAYERS.index(layer)])
    marker = _marker(night, state)
    if marker is None or state.get("layers", []) != before or not _all_there(night, relations):
        drop(night)
        return None
    _write(night, {"from": marker, "to": proofs.signature(night), "layers": [*before, layer]})
    return datetime.fromisoformat(marker["as_of_end"])


def is_stranded(night: Night, layer: str) -> bool:
    """Whether a killed night left this layer's changes for a next layer that can no longer add them.

    The next layer is then built whole, by which nothing changes: so must this one be.
    """
    if layer != LAYERS[0] or proofs.holds(night, LAYERS[1]):
        return False
    return LAYERS[1] in _read(night).get("layers", [])


def keep(night: Night) -> None:
    """The marts' gate held: the tables are those of tonight, if every layer was built from it."""
    if proofs.hold_all(night, LAYERS):
        now = {"as_of_end": night.as_of_end.isoformat(), "rules": _rules(night), "files": _files(night)}
        _write(night, {"proven": now})


def drop(night: Night) -> None:
    """What the tables hold is no longer known."""
    (night.data / _FILE).unlink(missing_ok=True)


@contextmanager
def doubted(night: Night) -> Iterator[Callable[[], None]]:
    """Drop it before raw rows are replaced; what is given is called when none was after all.

    A file's later generation is else taken to hold all rows of the one before it.
    """
    state = _read(night)
    drop(night)
    ledger.sync(night.data)
    yield lambda: _write(night, state) if state else None


def seen(night: Night) -> frozenset[str] | None:
    """The raw files the proven night was built from, below `raw/`; None when tonight is built anew."""
    marker = _marker(night, _read(night))
    return None if marker is None else frozenset(marker["files"])


def _marker(night: Night, state: Marker) -> Marker | None:
    """The proven night that tonight follows, or none."""
    if environment.read().rebuild == "yes":
        return None
    if "to" in state and state["to"] != proofs.signature(night):
        return None
    found: Marker | None = state.get("proven") or state.get("from")
    if found is None or found["rules"] != _rules(night):
        return None
    if datetime.fromisoformat(found["as_of_end"]) > night.as_of_end:
        return None
    return found if _still_there(found["files"], _files(night)) else None


def _still_there(before: Collection[str], now: Collection[str]) -> bool:
    """Whether every file is there, or a later generation of it, which holds all of its rows."""
    gone = set(before) - set(now)
    return not gone or {_content(name) for name in gone} <= {_content(name) for name in now}


def _content(name: str) -> tuple[str, str]:
    path = Path(name)
    return path.parent.parent.as_posix(), path.name.partition(".")[0]


def _rules(night: Night) -> str:
    """The hash of the code and the settings; the key is one for the life of a data folder."""
    settings = {k: v for k, v in night.dbt_variables().items() if k not in _OF_THE_DAY}
    text = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.sha256((proofs.code() + text).encode()).hexdigest()


def _files(night: Night) -> list[str]:
    raw = night.data / RAW
    return sorted(path.relative_to(raw).as_posix() for path in raw.rglob("*.parquet"))


def _all_there(night: Night, relations: Collection[tuple[str, str]]) -> bool:
    if not (night.warehouse.path.exists() and night.warehouse.marts_path.exists()):
        return False
    try:
        with night.warehouse.open() as connection:
            found = connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
    except duckdb.Error:
        return False
    return set(relations) <= {(schema, name) for schema, name in found}


def _read(night: Night) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((night.data / _FILE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _write(night: Night, state: Marker) -> None:
    path = night.data / _FILE
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(state, sort_keys=True) + "\n")
    beside.replace(path)

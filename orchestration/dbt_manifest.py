"""The parsed dbt project, kept under ``build/`` for later processes with the same settings.

A parse costs seven seconds and gives the same for every night and data folder of a tenant, so it is
made where they all find it. While no file of the project has changed, dbt is not even asked, nor
imported to read which nodes there are: its own record of the parse is read. Otherwise dbt reads again
whatever has changed.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from orchestration import environment
from orchestration.night import Night

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = environment.PROJECT_ROOT / "dbt_project"
# One folder per set of settings; the oldest go.
PARSED, KEPT = environment.PROJECT_ROOT / "build" / "dbt", 8
_JSON, _CONTENT = "manifest.json", "content.sha256"

# dbt parses everything again when a variable or a path of its profile has changed, so the project is
# parsed with the same days and files every night; the real ones are given to each build.
_ANY_DAY: dict[str, object] = {
    "as_of": "2000-01-01",
    "as_of_end": "2000-01-02 00:00:00",
    "snapshot_anchors": ["2000-01-01"],
    "reach_anchor": "2000-01-01",
}


class DbtFailed(RuntimeError):
    """dbt could not parse or build; the message carries what it said."""


_manifests: dict[Path, Manifest] = {}
_as_json: dict[Path, Mapping[str, Any]] = {}


def arguments(
    night: Night, days: Mapping[str, object] | None = None, target: Path | None = None
) -> list[str]:
    """The options every dbt command is given; `days` replace variables of the night."""
    return [
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--target-path",
        str(target or night.data / "dbt"),
        "--log-path",
        str(night.data / "dbt"),
        "--vars",
        _variables(night, days or {}),
    ]


def parse(night: Night) -> Manifest:
    """The manifest of the project under a tenant's settings.

    Raises
    ------
    DbtFailed
        The project does not parse.
    """
    target = folder(night)
    if target not in _manifests:
        with _alone(target):
            _manifests[target] = _parse(night, target)
    _point_at(night, night.warehouse.path, night.warehouse.marts_path)
    return _manifests[target]


def as_json(night: Night) -> Mapping[str, Any]:
    """The manifest as JSON, as dagster-dbt reads it.

    Raises
    ------
    DbtFailed
        The project does not parse.
    """
    target = folder(night)
    if target not in _as_json:
        with _alone(target):
            if not _stands(target) or (found := _read(target)) is None:
                # Without it the record beside it does not count, and dbt writes both anew.
                (target / _JSON).unlink(missing_ok=True)
                _manifests[target] = _parse(night, target)
                found = json.loads((target / _JSON).read_text())
            _as_json[target] = found
    _point_at(night, night.warehouse.path, night.warehouse.marts_path)
    return _as_json[target]


def _read(target: Path) -> Mapping[str, Any] | None:
    """The JSON of an earlier parse; none where it is gone or cannot be read."""
    try:
        found: Mapping[str, Any] = json.loads((target / _JSON).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return found


def folder(night: Night) -> Path:
    """Where the parsed project lies: the same for all nights under the same settings."""
    # JSON, because writing YAML is Python's own work and takes a hundred times as long.
    variables = json.dumps(dict(night.dbt_variables()) | _ANY_DAY, sort_keys=True, default=str)
    return PARSED / hashlib.sha256(variables.encode()).hexdigest()[:16]


def _variables(night: Night, days: Mapping[str, object]) -> str:
    # dbt reads YAML, whose escapes hold emoji whole; JSON's halves of a pair would stay apart.
    return yaml.safe_dump(
        dict(night.dbt_variables()) | dict(days), default_flow_style=True, width=float("inf")
    )


def _parse(night: Night, target: Path) -> Manifest:
    """The manifest kept in a folder, or made there when the project is not what it was made of."""
    if _stands(target) and (kept := _kept(target)):
        return kept
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    said = target / _CONTENT
    said.unlink(missing_ok=True)
    _point_at(night, Path("warehouse.duckdb"), Path("public.duckdb"))
    result = dbtRunner().invoke(["--quiet", "parse", *arguments(night, _ANY_DAY, target)])
    if not result.success or not isinstance(result.result, Manifest):
        raise DbtFailed(f"the dbt project does not parse: {result.exception or 'unknown'}")
    said.write_text(_content())
    return result.result


def _stands(target: Path) -> bool:
    """Whether the project is still what the folder's parse was made of."""
    said = target / _CONTENT
    return said.exists() and said.read_text() == _content()


def _kept(target: Path) -> Manifest | None:
    """The manifest of an earlier parse; none where a part of it is gone or cannot be read."""
    from dbt.contracts.graph.manifest import Manifest

    record = target / "partial_parse.msgpack"
    if not record.exists() or not (target / _JSON).exists():
        return None
    try:
        found = Manifest.from_msgpack(record.read_bytes())
        found.build_flat_graph()
    except Exception:
        # Whatever is wrong with a file that can be made again, dbt makes it again.
        return None
    # It stays as long as the process, and its objects are most there are: no collection need walk them.
    gc.freeze()
    return found


def _content() -> str:
    """What a parse is made of beside the variables: dbt, its adapter and every file of the project."""
    found = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb"):
        found.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    for path in sorted(path for path in PROJECT.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(PROJECT)}\n{path.stat().st_size}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _point_at(night: Night, warehouse: Path, marts: Path) -> None:
    for name, value in (("warehouse", warehouse), ("marts", marts), ("tenant", night.tenant.folder)):
        environment.write(name, value)
    environment.silence_telemetry()


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Nobody else parses meanwhile; what has long not been used goes."""
    target.mkdir(parents=True, exist_ok=True)
    with (PARSED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        target.touch()
        by_age = sorted((path for path in PARSED.iterdir() if path.is_dir()), key=lambda p: p.stat().st_mtime)
        for old in by_age[:-KEPT]:
            shutil.rmtree(old)
        yield

"""dbt in this process: parse once, then build one layer at a time.

A dbt subprocess costs four seconds of imports a layer and cannot share the DuckDB file with the
gates; `dbtRunner` given the parsed manifest costs neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from orchestration import environment, history, proofs
from orchestration.night import Night

PROJECT = environment.PROJECT_ROOT / "dbt_project"


UNCHANGED = "unchanged"


class DbtFailed(RuntimeError):
    """dbt could not parse or build; the message carries what it said."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one node (model, seed or test) of a layer."""

    unique_id: str
    status: str
    seconds: float
    failures: int | None
    message: str | None

    @property
    def succeeded(self) -> bool:
        return self.status in {"success", "pass", "warn", UNCHANGED}


# dbt parses everything again when a variable has changed, so the manifest is parsed with the same
# days every night; the real ones are given to each build, which is when they are read.
_ANY_DAY = {"as_of": "2000-01-01", "as_of_end": "2000-01-02 00:00:00", "churn_anchor": "2000-01-01"}


def _arguments(night: Night, days: Mapping[str, object] | None = None) -> list[str]:
    variables = dict(night.dbt_variables()) | dict(days or {})
    return [
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--target-path",
        str(night.data / "dbt"),
        "--log-path",
        str(night.data / "dbt"),
        "--vars",
        # dbt reads YAML, whose escapes hold emoji whole; JSON's halves of a pair would stay apart.
        yaml.safe_dump(variables, default_flow_style=True, width=float("inf")),
    ]


def _point_at(night: Night) -> None:
    environment.write("warehouse", night.warehouse.path)
    environment.write("marts", night.warehouse.marts_path)
    environment.write("tenant", night.tenant.folder)
    environment.silence_telemetry()


def _said(result: dbtRunnerResult) -> str:
    if result.exception is not None:
        return str(result.exception)
    failed = [r for r in _results(result) if not r.succeeded and r.status != "skipped"]
    return "; ".join(f"{r.unique_id.split('.')[2]}: {r.message}" for r in failed) or "unknown"


def _results(result: dbtRunnerResult) -> list[NodeResult]:
    nodes: Iterable[Any] = getattr(result.result, "results", None) or []
    return [
        NodeResult(r.node.unique_id, str(r.status), r.execution_time, r.failures, r.message) for r in nodes
    ]


_manifests: dict[Path, Manifest] = {}


def parse(night: Night) -> Manifest:
    """The manifest of the project, parsed once a process and data folder.

    Raises
    ------
    DbtFailed
        The project does not parse.
    """
    _point_at(night)
    if night.data not in _manifests:
        (night.data / "dbt").mkdir(parents=True, exist_ok=True)
        result = dbtRunner().invoke(["--quiet", "parse", *_arguments(night, _ANY_DAY)])
        if not result.success or not isinstance(result.result, Manifest):
            raise DbtFailed(f"the dbt project does not parse: {_said(result)}")
        _manifests[night.data] = result.result
    return _manifests[night.data]


def manifest_json(night: Night) -> Mapping[str, Any]:
    """The manifest as JSON, as dagster-dbt reads it."""
    parse(night)
    found: Mapping[str, Any] = json.loads((night.data / "dbt" / "manifest.json").read_text())
    return found


def build(night: Night, layer: str, names: Iterable[str] = ()) -> list[NodeResult]:
    """Build a layer's models and run their data tests.

    Parameters
    ----------
    names : iterable of str
        Only these models; empty means the whole layer.

    Raises
    ------
    DbtFailed
        dbt stopped before it reached the nodes.
    """
    manifest = parse(night)
    if not names and proofs.holds(night, layer):
        return [NodeResult(node, UNCHANGED, 0.0, None, None) for node in _nodes(manifest, layer)]
    proofs.drop(night, layer, in_part=bool(names))
    since = None
    if names:
        history.drop(night)
    else:
        since = history.begin(night, layer, _relations(manifest))
    if layer == "marts" and not names and since is None:
        # A fresh file carries none of yesterday's freed blocks to readers.
        night.warehouse.marts_path.unlink(missing_ok=True)
    selected = sorted(names) or [f"path:models/{layer}"]
    if layer == "staging" and not names:
        selected.append("path:seeds")
    result = invoke(night, "build", selected, since)
    found = _results(result)
    if not found and not result.success:
        raise DbtFailed(f"{layer}: {_said(result)}")
    return found


# A test that reads a later layer too belongs to that one, and is not run before its tables are there.
_BUILD = ("--exclude-resource-type", "unit_test", "--indirect-selection", "buildable")


def invoke(
    night: Night, command: str, selected: Sequence[str], since: datetime | None = None
) -> dbtRunnerResult:
    """One dbt command on some nodes; `since` is the end of the proven night that they add to."""
    days = {"history_until": since.isoformat(sep=" ")} if since else None
    quietly = ["--no-use-colors", "--no-write-json", "--log-level", "none", "--log-level-file", "none"]
    try:
        return dbtRunner(manifest=parse(night)).invoke(
            [
                *quietly,
                command,
                "--select",
                *selected,
                *(_BUILD if command == "build" else []),
                *_arguments(night, days),
            ]
        )
    finally:
        _close()


def _relations(manifest: Manifest) -> set[tuple[str, str]]:
    """The tables and views of the layers that are built from the same input, one after the other."""
    return {
        (str(node.schema), str(node.name))
        for node in manifest.nodes.values()
        if str(node.resource_type) == "model" and node.fqn[1] in history.LAYERS
    }


def _nodes(manifest: Manifest, layer: str) -> list[str]:
    """The models, seeds and data tests a build of a layer runs."""

    def belongs(name: str) -> bool:
        node = manifest.nodes.get(name)
        if node is None:
            return False
        return layer == ("staging" if str(node.resource_type) == "seed" else node.fqn[1])

    found = {}
    for name, node in manifest.nodes.items():
        is_test = str(node.resource_type) == "test"
        if any(belongs(parent) for parent in node.depends_on_nodes) if is_test else belongs(name):
            found[name] = node.depends_on_nodes
    # Dagster takes a layer's tables in the order they depend on each other.
    return [name for name in TopologicalSorter(found).static_order() if name in found]


def _close() -> None:
    """Let go of the DuckDB files; a build that stopped half-way keeps its connection otherwise."""
    open_files = DuckDBConnectionManager._ENV
    if open_files is not None:
        open_files.close()
    DuckDBConnectionManager.close_all_connections()

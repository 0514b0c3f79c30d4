"""dbt in this process: one layer at a time.

A dbt subprocess costs four seconds of imports a layer and cannot share the DuckDB file with the
gates; `dbtRunner` given the parsed manifest costs neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from orchestration import dbt_manifest, history, proofs
from orchestration.dbt_manifest import DbtFailed
from orchestration.night import Night

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

UNCHANGED = "unchanged"
# The generic test that holds all the keys of a table.
KEYS = "keys"


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


_QUOTING = ("Conversion Error", "Invalid Input Error", "Constraint Error", "Out of Range Error")


def _without_values(message: str | None) -> str | None:
    """What dbt said of a node; where the engine would quote a value of some record, only its kind."""
    kind = next((kind for kind in _QUOTING if message and kind in message), None)
    return f"{kind} (its value is not repeated here)" if kind else message


def _results(night: Night, result: dbtRunnerResult) -> list[NodeResult]:
    nodes: Iterable[Any] = getattr(result.result, "results", None) or []
    return [
        NodeResult(
            r.node.unique_id, str(r.status), r.execution_time, r.failures, _without_values(_said(night, r))
        )
        for r in nodes
    ]


def _said(night: Night, result: Any) -> str | None:
    """What dbt said of a node; of a test that holds several rules, which of them are broken."""
    test = getattr(result.node, "test_metadata", None)
    if test is None or test.name != KEYS or str(result.status) != "fail":
        message: str | None = result.message
        return message
    with night.warehouse.open() as connection:
        broken = connection.execute(result.node.compiled_code).fetchall()
    table = str(result.node.attached_node).rpartition(".")[2]
    return f"{table}: " + ", ".join(f"{rule} ({rows} row{'s' if rows > 1 else ''})" for rule, rows in broken)


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
    parsed = dbt_manifest.as_json(night)["nodes"]
    if not names and proofs.holds(night, layer) and not history.is_stranded(night, layer):
        return [NodeResult(node, UNCHANGED, 0.0, None, None) for node in _nodes(parsed, layer)]
    proofs.drop(night, layer, in_part=bool(names))
    since = None
    if names:
        history.drop(night)
    else:
        since = history.begin(night, layer, _relations(parsed))
    if layer == "marts" and not names and since is None:
        # A fresh file carries none of yesterday's freed blocks to readers.
        night.warehouse.marts_path.unlink(missing_ok=True)
    selected = sorted(names) or [f"path:models/{layer}"]
    if layer == "staging" and not names:
        selected.append("path:seeds")
    result = invoke(night, "build", selected, since)
    found = _results(night, result)
    if not found and not result.success:
        raise DbtFailed(f"{layer}: {result.exception or 'unknown'}")
    return found


# Nothing is logged. Tables of other layers are named in SQL, never asked about: dbt need not list them.
QUIETLY = (
    *("--no-use-colors", "--no-write-json", "--log-level", "none", "--log-level-file", "none"),
    "--cache-selected-only",
)
# A test that reads a later layer too belongs to that one, and is not run before its tables are there.
_BUILD = ("--exclude-resource-type", "unit_test", "--indirect-selection", "buildable")


def invoke(
    night: Night, command: str, selected: Sequence[str], since: datetime | None = None
) -> dbtRunnerResult:
    """One dbt command on some nodes; `since` is the end of the proven night that they add to."""
    days = {"history_until": since.isoformat(sep=" ")} if since else None
    # dbt takes seconds to import: a night with nothing to build does without.
    from dbt.cli.main import dbtRunner

    from orchestration import dbt_events, dbt_shortcuts

    runner = dbtRunner(manifest=dbt_manifest.parse(night))
    try:
        with dbt_events.unmade(), dbt_shortcuts.taken():
            return runner.invoke(
                [
                    *QUIETLY,
                    command,
                    "--select",
                    *selected,
                    *(_BUILD if command == "build" else []),
                    *dbt_manifest.arguments(night, days),
                ]
            )
    finally:
        _close()


def _relations(parsed: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The tables and views of the layers that are built from the same input, one after the other."""
    return {
        (node["schema"], node["name"])
        for node in parsed.values()
        if node["resource_type"] == "model" and node["fqn"][1] in history.LAYERS
    }


def _nodes(parsed: Mapping[str, Any], layer: str) -> list[str]:
    """The models, seeds and data tests a build of a layer runs."""

    def belongs(name: str) -> bool:
        node = parsed.get(name)
        if node is None:
            return False
        return bool(layer == ("staging" if node["resource_type"] == "seed" else node["fqn"][1]))

    found = {}
    for name, node in parsed.items():
        # A seed has no parents, and says nothing of them.
        parents = node["depends_on"].get("nodes", [])
        if any(map(belongs, parents)) if node["resource_type"] == "test" else belongs(name):
            found[name] = parents
    # Dagster takes a layer's tables in the order they depend on each other.
    return [name for name in TopologicalSorter(found).static_order() if name in found]


def _close() -> None:
    """Let go of the DuckDB files; a build that stopped half-way keeps its connection otherwise."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    open_files = DuckDBConnectionManager._ENV
    if open_files is not None:
        open_files.close()
    DuckDBConnectionManager.close_all_connections()

"""Gates: evaluate a table's suite where it is stored, record the result, tell Dagster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dagster as dg
import duckdb

from data_quality import validate
from data_quality.night import Night as QualityNight
from data_quality.validate import GateResult, Key
from orchestration import environment
from orchestration.night import Night

CHECK_NAME = "gate"
_RESULTS = """
create table if not exists quality.gate_results (
    as_of date, asset text, suite text, expectation text, column_name text,
    severity text, success boolean, observed text
)
"""


def quality_night(night: Night) -> QualityNight:
    """What a suite may know of the night."""
    return QualityNight(
        as_of=night.as_of,
        as_of_end=night.as_of_end,
        entities=night.entities,
        tags=night.tenant.tags,
        funnels=night.tenant.funnels,
        experiments=night.tenant.experiments,
        event_names=night.tenant.event_names(),
        limits={feed.name: feed.max_quarantine_share for feed in night.feeds},
        settings=night.tenant.settings.model_dump()
        | {"identity": night.tenant.identity.model_dump(include={"largest_person"})},
    )


def evaluate(
    connection: duckdb.DuckDBPyConnection, night: Night, keys: Sequence[Key]
) -> dict[Key, list[GateResult]]:
    """Run the suites of some tables side by side; a table without a suite is a failed gate.

    Most rules are small queries: one after the other they leave every core but one idle.
    """
    threads = int(environment.read().threads)
    return validate.run_suites(connection, keys, quality_night(night), threads)


def observed(result: GateResult) -> str:
    """What an expectation saw, or why it could not look; counts and schema words, never values."""
    return f"{result.observed} ({result.exception})" if result.exception else result.observed


def failed(results: Iterable[GateResult]) -> list[GateResult]:
    """The critical expectations that did not hold."""
    return [r for r in results if r.severity == "critical" and not r.success]


def record(night: Night, results: Sequence[GateResult]) -> None:
    """Keep the night's results, replacing an earlier try of the same night."""
    with night.warehouse.open_layer("quality") as connection:
        connection.execute("create schema if not exists quality")
        connection.execute(_RESULTS)
        if not results:
            return
        columns = [
            [r.asset for r in results],
            [r.suite for r in results],
            [r.expectation for r in results],
            [r.column for r in results],
            [r.severity for r in results],
            [r.success for r in results],
            [observed(r) for r in results],
        ]
        connection.execute("begin")
        connection.execute(
            "delete from quality.gate_results where as_of = ? and list_contains(?, asset)",
            [night.as_of, columns[0]],
        )
        # One statement: a row each is a millisecond each.
        connection.execute(
            f"insert into quality.gate_results select ?, {', '.join(['unnest(?)'] * len(columns))}",
            [night.as_of, *columns],
        )
        connection.execute("commit")


def forget(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Drop what an earlier try of the same night found: a new try begins with nothing proved."""
    connection.execute("create schema if not exists quality")
    connection.execute(_RESULTS)
    connection.execute("delete from quality.gate_results where as_of = ?", [night.as_of])


def check_result(
    key: tuple[str, str], results: Sequence[GateResult], named: Sequence[str] = ()
) -> dg.AssetCheckResult:
    """One table's gate as Dagster shows it, with what it is about by name; only a critical failure blocks."""
    broken = failed(results)
    missed = [r for r in results if not r.success]
    table = "\n".join(
        f"| {'held' if r.success else 'FAILED'} | {r.severity} | {r.expectation} | {observed(r)} |"
        for r in results
    )
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(list(key)),
        check_name=CHECK_NAME,
        passed=not missed,
        severity=dg.AssetCheckSeverity.ERROR if broken else dg.AssetCheckSeverity.WARN,
        description="\n  ".join([sentence(broken or missed), *named])
        if missed
        else f"{len(results)} expectations held",
        metadata={
            "expectations": len(results),
            "failed": len(missed),
            "results": dg.MetadataValue.md(
                "| result | severity | expectation | observed |\n|---|---|---|---|\n" + table
            ),
        },
    )


def sentence(missed: Sequence[GateResult]) -> str:
    """Name the table, the expectation and the counts of what did not hold."""
    return "; ".join(f"{r.asset}: {r.expectation}: {observed(r)}" for r in missed)


def keys_of(layer: str) -> list[tuple[str, str]]:
    """The suites of a layer, in a stable order."""
    return sorted(key for key in validate.suite_keys() if key[0] == layer)

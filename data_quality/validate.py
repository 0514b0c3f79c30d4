"""The one entry to the gates: which suites there are, and what one of them finds."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from data_quality.night import Night

if TYPE_CHECKING:
    import sqlalchemy as sa

    from data_quality.evaluation import Verdict

Key = tuple[str, str]
_SUITES = Path(__file__).parent / "suites"


@dataclass(frozen=True)
class GateResult:
    """What one expectation of one suite found on one table; counts only, no values."""

    asset: str
    suite: str
    expectation: str
    column: str | None
    severity: str
    success: bool
    observed: str
    exception: str | None


def suite_keys() -> list[Key]:
    """The key of every suite: its folder and its file's name."""
    return sorted(
        (path.parent.name, path.stem) for path in _SUITES.glob("*/*.py") if not path.stem.startswith("_")
    )


def run_suites(
    connection: duckdb.DuckDBPyConnection, keys: Sequence[Key], night: Night, threads: int = 1
) -> dict[Key, list[GateResult]]:
    """Judge tables by their suites, some side by side.

    The rules run in DuckDB on cursors of the connection, so what the caller wrote must be
    committed. Nothing is raised for a bad table, a missing one, a broken suite or none at all:
    each is a failed critical result, since a gate that cannot be evaluated has not passed.

    Parameters
    ----------
    connection
        Its default database holds the schemas of the tables.
    keys
        Layers and tables, of `suite_keys`.
    threads
        How many tables are judged at once.
    """
    try:
        # Great Expectations takes seconds to import; listing the suites must not wait for it.
        from data_quality.dialect import engine_over

        engine = engine_over(connection)
    except Exception as error:
        return {key: [_unevaluated(key, error)] for key in keys}
    try:
        with ThreadPoolExecutor(threads) as pool:
            found = [pool.submit(_run, engine, key, night) for key in keys]
            return {key: one.result() for key, one in zip(keys, found, strict=True)}
    finally:
        engine.dispose()


def run_suite(connection: duckdb.DuckDBPyConnection, key: Key, night: Night) -> list[GateResult]:
    """Judge one table by its suite, as `run_suites` does."""
    return run_suites(connection, [key], night)[key]


def _run(engine: sa.Engine, key: Key, night: Night) -> list[GateResult]:
    if key[1].startswith("_") or not (_SUITES / key[0] / f"{key[1]}.py").is_file():
        return [_unevaluated(key, LookupError(f"write the suite {_path(key)}"))]
    try:
        from data_quality.evaluation import evaluate

        suite = importlib.import_module(f"data_quality.suites.{key[0]}.{key[1]}")
        schema, table = getattr(suite, "RELATION", ".".join(key)).split(".")
        expectations = suite.expectations(night)
        verdicts = evaluate(engine, schema, table, expectations)
    except Exception as error:
        return [_unevaluated(key, error)]
    if not verdicts:
        return [_unevaluated(key, ValueError("the suite holds no expectation"))]
    return [
        _result(key, expectation, verdict)
        for expectation, verdict in zip(expectations, verdicts, strict=True)
    ]


def _result(key: Key, expectation: Any, verdict: Verdict) -> GateResult:
    # An expectation that could not run has proved nothing, whatever it was declared as.
    severity = "critical" if verdict.exception else str(expectation.severity.value)
    return GateResult(
        asset="/".join(key),
        suite=_path(key),
        expectation=expectation.description or expectation.expectation_type,
        column=getattr(expectation, "column", None),
        severity=severity,
        success=verdict.success,
        observed=verdict.observed,
        exception=verdict.exception,
    )


def _unevaluated(key: Key, error: Exception) -> GateResult:
    lines = str(error).splitlines() or [""]
    return GateResult(
        asset="/".join(key),
        suite=_path(key),
        expectation="the suite can be evaluated",
        column=None,
        severity="critical",
        success=False,
        observed="not evaluated",
        exception=f"{type(error).__name__}: {lines[0][:300]}",
    )


def _path(key: Key) -> str:
    return f"suites/{key[0]}/{key[1]}.py"

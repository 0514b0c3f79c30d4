"""The one entry to the gates: which suites there are, and what one of them finds."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from data_quality.night import Night

if TYPE_CHECKING:
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


def run_suite(connection: duckdb.DuckDBPyConnection, key: Key, night: Night) -> list[GateResult]:
    """Judge one table by its suite.

    The rules run in DuckDB on a cursor of the connection, so what the caller wrote must be
    committed. Nothing is raised for a bad table, a missing one, a broken suite or none at all:
    each is a failed critical result, since a gate that cannot be evaluated has not passed.

    Parameters
    ----------
    connection
        Its default database holds the schema of the table.
    key
        Layer and table, one of `suite_keys`.
    """
    if key not in suite_keys():
        return [_unevaluated(key, LookupError(f"write the suite {_path(key)}"))]
    try:
        # Great Expectations takes seconds to import; listing the suites must not wait for it.
        from data_quality.evaluation import evaluate

        suite = importlib.import_module(f"data_quality.suites.{key[0]}.{key[1]}")
        schema, table = getattr(suite, "RELATION", ".".join(key)).split(".")
        expectations = suite.expectations(night)
    except Exception as error:
        return [_unevaluated(key, error)]
    try:
        verdicts = evaluate(connection, schema, table, expectations)
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

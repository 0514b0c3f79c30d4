"""Great Expectations, driven without a project: one pass of a table's expectations in DuckDB."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.expectations.expectation import Expectation
from great_expectations.validator.metrics_calculator import MetricsCalculator
from great_expectations.validator.validation_graph import ValidationGraph

from data_quality.bundle import BundlingEngine
from data_quality.expectations import COLUMNS, ROWS, ROWS_OF_QUERY, ROWS_WHERE

# Only success comes back from an expectation; counts are read from its metrics. In this format
# no metric that fetches values is ever asked for.
_FORMAT = {"catch_exceptions": True, "result_format": "BOOLEAN_ONLY"}


@dataclass(frozen=True)
class Verdict:
    """What one expectation found."""

    success: bool
    observed: str
    exception: str | None = None


def evaluate(
    engine: sa.Engine, schema: str, table: str, expectations: Sequence[Expectation]
) -> list[Verdict]:
    """Judge one table, its metrics bundled into as few queries as they allow.

    No data context is made: nothing is written, nothing is sent, and a suite of ten
    expectations costs hundredths of a second.

    Parameters
    ----------
    engine
        Of `data_quality.dialect.engine_over`; several threads may judge by one.

    Returns
    -------
    list of Verdict
        One per expectation, in their order.
    """
    # Its messages carry tracebacks; what matters of them is in the verdicts.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
    execution = BundlingEngine(engine=engine, create_temp_table=False)
    batch = SqlAlchemyBatchData(
        execution_engine=execution, schema_name=schema, table_name=table, create_temp_table=False
    )
    execution.load_batch_data(f"{schema}.{table}", batch)
    return _judge(execution, expectations)


def _judge(execution: BundlingEngine, expectations: Sequence[Expectation]) -> list[Verdict]:
    calculator = MetricsCalculator(execution_engine=execution, show_progress_bars=False)
    asked = [
        expectation.get_validation_dependencies(
            execution_engine=execution, runtime_configuration=dict(_FORMAT)
        ).metric_configurations
        for expectation in expectations
    ]
    metrics = [metric for question in asked for metric in question.values()]
    graph = calculator.build_metric_dependency_graph(metrics, dict(_FORMAT))
    resolved, aborted = calculator.resolve_validation_graph(graph, dict(_FORMAT))
    said = {metric: str(info["exception_info"]["exception_message"]) for metric, info in aborted.items()}
    said |= execution.said
    verdicts = []
    for expectation, question in zip(expectations, asked, strict=True):
        if all(metric.id in resolved for metric in question.values()):
            verdicts.append(_verdict(execution, expectation, question, resolved))
        else:
            stands_on = calculator.build_metric_dependency_graph(list(question.values()), dict(_FORMAT))
            verdicts.append(Verdict(False, "not evaluated", _cause(stands_on, said)))
    return verdicts


def _cause(stands_on: ValidationGraph, said: Mapping[Any, str]) -> str:
    metrics = {metric.id for edge in stands_on.edges for metric in (edge.left, edge.right) if metric}
    causes = sorted(said[metric] for metric in metrics if metric in said)
    return _first_line(causes[0] if causes else "unknown")


def _verdict(
    execution: BundlingEngine,
    expectation: Expectation,
    question: Mapping[str, Any],
    resolved: Mapping[Any, Any],
) -> Verdict:
    result = expectation.metrics_validate(
        metrics=dict(resolved), execution_engine=execution, runtime_configuration=dict(_FORMAT)
    )
    found = {name: resolved[metric.id] for name, metric in question.items()}
    return Verdict(bool(result.success), _observed(expectation, found))


def _observed(expectation: Expectation, found: Mapping[str, Any]) -> str:
    """Counts, and column names out of the rule: never a value of the data."""
    if COLUMNS in found:
        wanted = set(getattr(expectation, "column_set", None) or ())
        there = set(found[COLUMNS])
        missing = sorted(wanted - there)
        named = f" ({', '.join(missing)})" if missing else ""
        return f"{len(there)} columns, {len(missing)} missing{named}, {len(there - wanted)} more"
    offending = found.get(ROWS_WHERE, found.get(ROWS_OF_QUERY))
    if offending is None:
        return _rows(found[ROWS])
    if ROWS in found:
        return f"{offending:,} of {_rows(found[ROWS])}"
    return _rows(offending, "offending ")


def _rows(count: int, kind: str = "") -> str:
    return f"{count:,} {kind}row{'' if count == 1 else 's'}"


def _first_line(message: str) -> str:
    """The dialect has taken values out of DuckDB's messages; SQL and traceback go here."""
    return message.strip().splitlines()[0][:300]

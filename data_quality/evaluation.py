"""Great Expectations, driven without a project: one pass of a table's expectations in DuckDB."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.validator.metrics_calculator import MetricsCalculator
from great_expectations.validator.validation_graph import ValidationGraph

from data_quality.dialect import engine_over

# Only success comes back from an expectation; counts are read from its metrics. In this format
# no metric that fetches values is ever asked for.
_FORMAT = {"catch_exceptions": True, "result_format": "BOOLEAN_ONLY"}


@dataclass(frozen=True)
class Verdict:
    """What one expectation found."""

    success: bool
    observed: str
    exception: str | None = None


@dataclass(frozen=True)
class _Question:
    """An expectation, the metrics it needs and all that those stand on."""

    expectation: Expectation
    metrics: Mapping[str, Any]
    graph: ValidationGraph


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    expectations: Sequence[Expectation],
) -> list[Verdict]:
    """Judge one table, its metrics bundled into as few queries as they allow.

    No data context is made: nothing is written, nothing is sent, and a suite of ten
    expectations costs hundredths of a second.

    Returns
    -------
    list of Verdict
        One per expectation, in their order.
    """
    # Its messages carry tracebacks; what matters of them is in the verdicts.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
    engine = engine_over(connection)
    try:
        execution = SqlAlchemyExecutionEngine(engine=engine, create_temp_table=False)
        batch = SqlAlchemyBatchData(
            execution_engine=execution,
            schema_name=schema,
            table_name=table,
            create_temp_table=False,
        )
        execution.load_batch_data(f"{schema}.{table}", batch)
        return _judge(execution, expectations)
    finally:
        engine.dispose()


def _judge(execution: SqlAlchemyExecutionEngine, expectations: Sequence[Expectation]) -> list[Verdict]:
    calculator = MetricsCalculator(execution_engine=execution, show_progress_bars=False)
    questions = [_question(execution, calculator, expectation) for expectation in expectations]
    whole = ValidationGraph(
        execution_engine=execution,
        edges=[edge for question in questions for edge in question.graph.edges],
    )
    resolved, aborted = calculator.resolve_validation_graph(whole, dict(_FORMAT))
    said = {metric: str(info["exception_info"]["exception_message"]) for metric, info in aborted.items()}
    return [_verdict(execution, question, resolved, said) for question in questions]


def _question(
    execution: SqlAlchemyExecutionEngine, calculator: MetricsCalculator, expectation: Expectation
) -> _Question:
    metrics = expectation.get_validation_dependencies(
        execution_engine=execution, runtime_configuration=dict(_FORMAT)
    ).metric_configurations
    graph = calculator.build_metric_dependency_graph(list(metrics.values()), dict(_FORMAT))
    return _Question(expectation, metrics, graph)


def _verdict(
    execution: SqlAlchemyExecutionEngine,
    question: _Question,
    resolved: Mapping[Any, Any],
    said: Mapping[Any, str],
) -> Verdict:
    if any(metric.id not in resolved for metric in question.metrics.values()):
        stands_on = {
            metric.id for edge in question.graph.edges for metric in (edge.left, edge.right) if metric
        }
        causes = sorted(said[metric] for metric in stands_on if metric in said)
        return Verdict(False, "not evaluated", _first_line(causes[0] if causes else "unknown"))
    result = question.expectation.metrics_validate(
        metrics=dict(resolved), execution_engine=execution, runtime_configuration=dict(_FORMAT)
    )
    found = {name: resolved[metric.id] for name, metric in question.metrics.items()}
    return Verdict(bool(result.success), _observed(question.expectation, found))


def _observed(expectation: Expectation, found: Mapping[str, Any]) -> str:
    """Counts, and column names out of the rule: never a value of the data."""
    if "unexpected_rows_query.row_count" in found:
        return _rows(found["unexpected_rows_query.row_count"], "offending ")
    if "table.columns" in found:
        wanted = set(getattr(expectation, "column_set", None) or ())
        there = set(found["table.columns"])
        missing = sorted(wanted - there)
        named = f" ({', '.join(missing)})" if missing else ""
        return f"{len(there)} columns, {len(missing)} missing{named}, {len(there - wanted)} more"
    rows = found["table.row_count"]
    counts = {name: n for name, n in found.items() if name.endswith(".unexpected_count")}
    if not counts:
        return _rows(rows)
    # Every rule on values also counts the nulls; its own count is the other one.
    own = [n for name, n in counts.items() if name != "column_values.nonnull.unexpected_count"]
    return f"{(own or list(counts.values()))[0] or 0:,} of {_rows(rows)}"


def _rows(count: int, kind: str = "") -> str:
    return f"{count:,} {kind}row{'' if count == 1 else 's'}"


def _first_line(message: str) -> str:
    """The dialect has taken values out of DuckDB's messages; SQL and traceback go here."""
    return message.strip().splitlines()[0][:300]

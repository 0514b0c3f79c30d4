"""Great Expectations' expectations as this warehouse uses them: most stand on one count of rows."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.core.expect_table_columns_to_match_set import (
    ExpectTableColumnsToMatchSet,
)
from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

ROWS_WHERE = "rows_where.count"
ROWS_OF_QUERY = "unexpected_rows_query.row_count"
ROWS = "table.row_count"
COLUMNS = "table.columns"


class RowsWhere(TableMetricProvider):
    """How many rows meet a condition: an aggregate, so all of a table share one query."""

    metric_name = ROWS_WHERE
    value_keys = ("condition",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 - a class method by the decorator
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        # A quarter cheaper in DuckDB than `count(*) filter (where ...)`, and no null on an empty table.
        counted = f"count(case when {metric_value_kwargs['condition']} then 1 end)"
        return sa.literal_column(counted, sa.BigInteger()), metric_domain_kwargs, {}


class _Asks:
    """States its metrics and verdict itself.

    The inherited way builds the expectation anew for each metric it asks for, and writes its
    configuration out a dozen times: a hundred times the work, for a batch and a row condition
    that no rule of ours has.
    """

    def asks(self) -> dict[str, dict[str, Any]]:
        """The metrics it stands on, by name, and what each must be told."""
        raise NotImplementedError

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> ValidationDependencies:
        """The metrics to resolve before `metrics_validate`."""
        return ValidationDependencies(
            {name: MetricConfiguration(name, {}, told) for name, told in self.asks().items()},
            {"result_format": "BOOLEAN_ONLY"},
        )

    def metrics_validate(
        self,
        metrics: dict[Any, Any],
        runtime_configuration: Any = None,
        execution_engine: Any = None,
        **_: Any,
    ) -> ExpectationValidationResult:
        """Whether it holds, of resolved metrics by their ids."""
        asked = self.get_validation_dependencies().metric_configurations
        found = {name: metrics[metric.id] for name, metric in asked.items()}
        verdict = self._validate(  # type: ignore[attr-defined]
            found, runtime_configuration={"result_format": "BOOLEAN_ONLY"}, execution_engine=execution_engine
        )
        return ExpectationValidationResult(success=bool(verdict["success"]))


class _Counts(_Asks):
    """Holds when no row meets a condition; a null condition is not met."""

    def offending(self) -> str:
        """The condition, in SQL."""
        raise NotImplementedError

    def asks(self) -> dict[str, dict[str, Any]]:
        return {ROWS_WHERE: {"condition": self.offending()}, ROWS: {}}

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        return {"success": metrics[ROWS_WHERE] == 0}


class ExpectNoRowsWhere(_Counts, BatchExpectation):
    """A condition no row may meet."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (ROWS_WHERE,)
    success_keys: ClassVar[tuple[str, ...]] = ("condition",)
    condition: str

    def offending(self) -> str:
        return self.condition

    def asks(self) -> dict[str, dict[str, Any]]:
        return {ROWS_WHERE: {"condition": self.condition}}


class ExpectNoRows(_Asks, UnexpectedRowsExpectation):
    """A query of offending rows that must find none; counted in DuckDB, never fetched."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (ROWS_OF_QUERY,)

    def asks(self) -> dict[str, dict[str, Any]]:
        return {ROWS_OF_QUERY: {"unexpected_rows_query": self.unexpected_rows_query}}

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        return {"success": metrics[ROWS_OF_QUERY] == 0}


class ExpectNoNulls(_Counts, ExpectColumnValuesToNotBeNull):
    """A column that always holds a value."""

    def offending(self) -> str:
        return f"{_named(self.column)} is null"


class ExpectKnownValues(_Counts, ExpectColumnValuesToBeInSet):
    """A column that holds one of some words, or nothing."""

    def offending(self) -> str:
        column = _named(self.column)
        known = ", ".join(_text(value) for value in self.value_set)
        return f"{column} not in ({known})" if known else f"{column} is not null"


class ExpectWithin(_Counts, ExpectColumnValuesToBeBetween):
    """A number within bounds, both included; not-a-number lies over every upper bound."""

    def offending(self) -> str:
        column = _named(self.column)
        bounds = ((">=", self.min_value), ("<=", self.max_value))
        held = [f"{column} {sign} {_number(bound)}" for sign, bound in bounds if bound is not None]
        return f"not ({' and '.join(held)})"


class ExpectColumns(_Asks, ExpectTableColumnsToMatchSet):
    """The column set."""

    def asks(self) -> dict[str, dict[str, Any]]:
        return {COLUMNS: {}}


class ExpectRowCount(_Asks, ExpectTableRowCountToBeBetween):
    """The number of rows."""

    def asks(self) -> dict[str, dict[str, Any]]:
        return {ROWS: {}}


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _number(bound: Any) -> str:
    """A bound as a literal; a fraction as the double it is, not as the decimal it looks like."""
    whole = not isinstance(bound, float) or bound.is_integer()
    return f"{int(bound)}" if whole else f"cast({bound!r} as double)"

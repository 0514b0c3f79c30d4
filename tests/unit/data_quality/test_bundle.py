"""The rules on rows share one query, and find what the stock expectations find one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.expectation import Expectation

from data_quality import rules
from data_quality.dialect import SharedDialect, engine_over
from data_quality.evaluation import Verdict, evaluate

# Rows of every kind, few enough to count by hand and odd enough to tell the rules apart.
ROWS = """
create schema marts;
create table marts.facts as
select
    i as id,
    case i % 5 when 0 then null when 1 then 'web' when 2 then 'it''s' when 3 then '' else 'fax' end as "end",
    case i % 4 when 0 then null when 1 then 'nan'::double else i / 40 - 1 end as share,
    (i % 7 - 1)::decimal(18, 4) / 3 as amount
from range(100) as numbers(i)
"""

# a rule of ours, and the stock expectation that says the same
SAME: list[tuple[Callable[[], Expectation], Callable[[], Expectation]]] = [
    (lambda: rules.not_null("end")[0], lambda: ExpectColumnValuesToNotBeNull(column="end")),
    (lambda: rules.not_null("id")[0], lambda: ExpectColumnValuesToNotBeNull(column="id")),
    (lambda: rules.in_set("end", ["web", "it's"]), lambda: _stock_set(["web", "it's"])),
    (lambda: rules.in_set("end", ["web", "it's", "", "fax"]), lambda: _stock_set(["web", "it's", "", "fax"])),
    (lambda: rules.in_set("end", []), lambda: _stock_set([])),
    (lambda: rules.between("share", 0, 1), lambda: _stock_between("share", 0, 1)),
    (lambda: rules.between("share", 0.1, None), lambda: _stock_between("share", 0.1, None)),
    (lambda: rules.between("share", None, 0.1), lambda: _stock_between("share", None, 0.1)),
    (lambda: rules.between("amount", 0, 1.0), lambda: _stock_between("amount", 0, 1.0)),
    (lambda: rules.between("id", 0, 99), lambda: _stock_between("id", 0, 99)),
]


def _stock_set(values: list[str]) -> Expectation:
    return ExpectColumnValuesToBeInSet(column="end", value_set=values)


def _stock_between(column: str, low: float | None, high: float | None) -> Expectation:
    return ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high)


@pytest.fixture
def facts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(ROWS)
        yield opened


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement the gates send, in order."""
    seen: list[str] = []
    execute = SharedDialect.do_execute

    def noting(self: Any, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        seen.append(statement)
        execute(self, cursor, statement, parameters, context)

    monkeypatch.setattr(SharedDialect, "do_execute", noting)
    return seen


def judge(connection: duckdb.DuckDBPyConnection, *expectations: Any) -> list[Verdict]:
    return evaluate(engine_over(connection), "marts", "facts", expectations)


@pytest.mark.parametrize("pair", SAME, ids=[ours().description for ours, _ in SAME])
def test_the_stock_expectation_finds_the_same(
    facts: duckdb.DuckDBPyConnection, pair: tuple[Callable[[], Expectation], Callable[[], Expectation]]
) -> None:
    ours, stock = judge(facts, pair[0]())[0], _stock(facts, pair[1]())
    assert (ours.success, ours.observed) == (stock["success"], f"{stock['unexpected']} of 100 rows")


def _stock(connection: duckdb.DuckDBPyConnection, expectation: Expectation) -> dict[str, Any]:
    """Great Expectations' own verdict, by its own engine's way of resolving."""
    from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
    from great_expectations.execution_engine.sqlalchemy_execution_engine import (
        SqlAlchemyExecutionEngine,
    )
    from great_expectations.validator.validator import Validator

    engine = SqlAlchemyExecutionEngine(engine=engine_over(connection), create_temp_table=False)
    engine.load_batch_data(
        "facts",
        SqlAlchemyBatchData(engine, schema_name="marts", table_name="facts", create_temp_table=False),
    )
    (result,) = Validator(execution_engine=engine).graph_validate(
        [expectation.configuration],
        runtime_configuration={
            "catch_exceptions": False,
            "result_format": {"result_format": "BASIC", "partial_unexpected_count": 0},
        },
    )
    return {"success": result.success, "unexpected": result.result["unexpected_count"]}


def test_all_rules_on_rows_are_one_query(facts: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    verdicts = judge(
        facts,
        rules.rows(1),
        *rules.not_null("id", "end"),
        rules.in_set("end", ["web"]),
        rules.between("amount", 0, 1),
        rules.never("a", "id > 10"),
        rules.never("b", "id > 20"),
        rules.columns(["id"], exact=False),
    )
    assert [v.observed for v in verdicts[5:7]] == ["89 offending rows", "79 offending rows"]
    counting = [statement for statement in statements if "count(" in statement.lower()]
    assert len(counting) == 1, statements


def test_each_rule_that_cannot_be_judged_says_its_own_reason(
    facts: duckdb.DuckDBPyConnection, statements: list[str]
) -> None:
    verdicts = judge(
        facts,
        rules.never("one", "first_gone = 1"),
        rules.never("sound", "id > 97"),
        rules.never("two", "id = 1 and and"),
        rules.never("three", 'cast("end" as integer) > 1'),
        rules.between("second_gone", 0, 1),
        rules.rows(1),
    )
    assert [v.observed for v in verdicts] == [
        "not evaluated", "2 offending rows", "not evaluated", "not evaluated", "not evaluated", "100 rows",
    ]  # fmt: skip
    said = [str(v.exception) for v in verdicts]
    assert "first_gone" in said[0]
    assert "ParserException" in said[2]
    assert "ConversionException" in said[3]
    assert "second_gone" in said[4]
    # Nothing is asked twice: the bundle, and then each of the six by itself.
    assert len([s for s in statements if "count(" in s.lower()]) == 7

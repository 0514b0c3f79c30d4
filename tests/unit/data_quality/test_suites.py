"""What every suite owes: a row count, a column set, a name per rule, and failure without its table."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from great_expectations.expectations.core.expect_table_columns_to_match_set import (
    ExpectTableColumnsToMatchSet,
)

from data_quality import validate
from data_quality.interface import PUBLIC
from data_quality.night import Night
from data_quality.validate import Key, run_suite
from orchestration.contract import ENTITIES

NIGHT = Night(
    date(2026, 6, 30),
    datetime.fromisoformat("2026-06-30 16:00"),
    frozenset(ENTITIES),
    {"session_gap_minutes": 30, "churn": {"horizon_days": 30}},
)
KEYS = validate.suite_keys()
COUNTS = ("at least 1 row", "not empty when", "the night has one")


def rules_of(key: Key) -> list[Any]:
    found: list[Any] = importlib.import_module(f"data_quality.suites.{key[0]}.{key[1]}").expectations(NIGHT)
    return found


def critical(expectation: Any) -> bool:
    return str(expectation.severity.value) == "critical"


def test_every_contract_entity_and_public_table_has_a_suite() -> None:
    wanted = {("raw", name) for name in ENTITIES}
    wanted |= {("staging", f"stg_{name}") for name in ENTITIES}
    wanted |= {("published", name) for name in PUBLIC}
    assert wanted <= set(KEYS)


@pytest.mark.parametrize("key", KEYS, ids="/".join)
def test_a_suite_has_a_critical_row_count_and_column_set(key: Key) -> None:
    rules = [rule for rule in rules_of(key) if critical(rule)]
    assert any(rule.description.startswith(COUNTS) for rule in rules)
    assert any(isinstance(rule, ExpectTableColumnsToMatchSet) for rule in rules)


@pytest.mark.parametrize("key", KEYS, ids="/".join)
def test_every_rule_of_a_suite_has_its_own_name(key: Key) -> None:
    names = [rule.description for rule in rules_of(key)]
    assert len(names) == len(set(names))


def test_every_suite_fails_whole_without_its_table() -> None:
    with duckdb.connect() as connection:
        for key in KEYS:
            results = run_suite(connection, key, NIGHT)
            assert results
            assert not any(result.success for result in results), key
            assert all(result.severity == "critical" for result in results), key


def test_a_missing_suite_is_a_failed_gate() -> None:
    with duckdb.connect() as connection:
        (result,) = run_suite(connection, ("marts", "fct_forgotten"), NIGHT)
    assert not result.success
    assert result.severity == "critical"
    assert "suites/marts/fct_forgotten.py" in str(result.exception)


def test_a_suite_that_cannot_be_built_is_a_failed_gate() -> None:
    odd = Night(NIGHT.as_of, NIGHT.as_of_end, NIGHT.entities, {"session_gap_minutes": "half an hour"})
    with duckdb.connect() as connection:
        (result,) = run_suite(connection, ("marts", "fct_events"), odd)
    assert not result.success
    assert result.exception == "TypeError: setting session_gap_minutes is not a number"


@pytest.fixture
def raw_spend() -> Iterator[duckdb.DuckDBPyConnection]:
    columns = ", ".join(f"{name} {kind}" for name, kind in ENTITIES["spend"].raw_columns.items())
    with duckdb.connect() as connection:
        connection.execute(f"create schema raw; create table raw.spend ({columns})")
        connection.execute("create table raw.loads (entity varchar, rows bigint)")
        yield connection


def test_an_entity_nobody_feeds_may_be_empty(raw_spend: duckdb.DuckDBPyConnection) -> None:
    unfed = Night(NIGHT.as_of, NIGHT.as_of_end, frozenset())
    assert all(result.success for result in run_suite(raw_spend, ("raw", "spend"), unfed))


def test_a_feed_that_never_delivered_is_worth_a_warning(raw_spend: duckdb.DuckDBPyConnection) -> None:
    (missed,) = [r for r in run_suite(raw_spend, ("raw", "spend"), NIGHT) if not r.success]
    assert (missed.expectation, missed.severity) == ("something was delivered", "warning")
    assert missed.observed == "0 rows"


def test_rows_the_ledger_counts_and_raw_lacks_are_critical(
    raw_spend: duckdb.DuckDBPyConnection,
) -> None:
    raw_spend.execute("insert into raw.loads values ('spend', 3)")
    failed = [
        r for r in run_suite(raw_spend, ("raw", "spend"), NIGHT) if not r.success and r.severity == "critical"
    ]
    assert [result.expectation for result in failed] == [
        "not empty when there are loaded rows",
        "as many rows as the ledger counts",
    ]

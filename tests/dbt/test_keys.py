"""The generic test `keys` finds every broken rule, says which, and counts the rows against it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import sqlglot

from orchestration import dbt
from tests.dbt import portable_sql
from tests.dbt.small import Small

# A table's rows (id, who, day, line), its rules, and how many rows are against each that is broken.
TABLES: dict[str, tuple[list[str], dict[str, Any], dict[str, int]]] = {
    "whole": (
        ["'a', 'p', 1, 1", "'b', 'p', 1, 2", "'c', null, 2, null"],
        {"unique": ["id", ["day", "line"]], "not_null": ["id", "day"]},
        {},
    ),
    "without_rows": ([], {"unique": ["id", ["day", "line"]], "not_null": ["id"]}, {}),
    "a_null_key": (["null, 'p', 1, 1", "'b', 'p', 1, 2"], {"not_null": ["who", "id"]}, {"not_null id": 1}),
    "nulls_are_no_repetition": (["null, 'p', 1, 1", "null, 'q', 1, 2"], {"unique": ["id"]}, {}),
    "a_key_three_times": (["'a', 'p', 1, 1"] * 3 + ["'b', 'p', 1, 1"], {"unique": ["id"]}, {"unique id": 2}),
    "a_pair_twice": (
        ["'a', 'p', 1, 1", "'b', 'p', 1, 1", "'c', 'p', 2, 1"],
        {"unique": [["day", "line"]]},
        {"unique day + line": 1},
    ),
    "a_pair_with_a_null_twice": (
        ["'a', 'p', 1, null", "'b', 'p', 1, null", "'c', 'p', null, 1"],
        {"unique": ["id", ["day", "line"]]},
        {"unique day + line": 1},
    ),
    "each_column_in_its_place": (
        ["'a', 'p', 1, 1", "'b', 'p', 2, 1"],
        {"unique": ["id", "who", ["day", "line"]]},
        {"unique who": 1},
    ),
    "all_at_once": (
        ["'a', null, 1, 1", "'a', null, 1, 1", "'b', 'p', 1, 1", "'b', 'p', 2, 1"],
        {"unique": ["id", ["day", "line"]], "not_null": ["id", "who"]},
        {"not_null who": 2, "unique id": 2, "unique day + line": 2},
    ),
}


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Small, dict[str, Any]]:
    """A project of those tables alone, and what dbt found of each."""
    small = Small.of(tmp_path_factory.mktemp("keys"), ["tests/generic/keys.sql"])
    models, said = {}, []
    for name, (rows, rules, _) in TABLES.items():
        given = " union all ".join(f"select {row}" for row in rows) or "select 'a', 'p', 1, 1 where false"
        models[name] = f"select * from ({given}) as t (id, who, day, line)"
        said.append({"name": name, "data_tests": [{"keys": {"name": f"of_{name}", "arguments": rules}}]})
    small.write(models, said)
    return small, small.build()


@pytest.mark.parametrize("name", TABLES)
def test_each_broken_rule_is_named_with_the_rows_against_it(
    tested: tuple[Small, dict[str, Any]], name: str
) -> None:
    small, results = tested
    found, broken = results[f"of_{name}"], TABLES[name][2]
    assert str(found.status) == ("fail" if broken else "pass"), found.message
    assert found.failures == sum(broken.values())
    with small.warehouse.open() as connection:
        assert dict(connection.execute(found.node.compiled_code).fetchall()) == broken


def test_the_night_is_told_the_table_the_rules_and_the_rows(
    tested: tuple[Small, dict[str, Any]],
) -> None:
    small, results = tested
    night: Any = SimpleNamespace(warehouse=small.warehouse)
    assert dbt._said(night, results["of_whole"]) is None
    assert dbt._said(night, results["of_a_null_key"]) == "a_null_key: not_null id (1 row)"
    said = dbt._said(night, results["of_all_at_once"])
    assert said is not None
    assert said.startswith("all_at_once: ")
    for rule in ("not_null who (2 rows)", "unique id (2 rows)", "unique day + line (2 rows)"):
        assert rule in said


def test_both_engines_read_the_test_alike(tested: tuple[Small, dict[str, Any]]) -> None:
    for name in TABLES:
        sql = tested[1][f"of_{name}"].node.compiled_code
        assert sqlglot.parse_one(sql, read="spark"), name
        assert portable_sql.functions(sql) <= portable_sql.SHARED, name
        assert [*portable_sql.rendered(sql)] == [], name

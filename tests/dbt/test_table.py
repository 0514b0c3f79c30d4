"""A table takes the old one's place whole, or the old one stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dbt.small import Small

CONTRACT = {
    "name": "t",
    "config": {"contract": {"enforced": True}},
    "columns": [{"name": "a", "data_type": "integer", "constraints": [{"type": "not_null"}]}],
}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small.of(tmp_path, ["macros/table.sql"])


def _built(small: Small, sql: str, said: list[dict[str, Any]]) -> str:
    small.write({"t": sql}, said)
    return str(small.build()["t"].status)


def _rows(small: Small) -> list[Any]:
    with small.warehouse.open() as connection:
        return [row[0] for row in connection.execute("select a from main.t order by a").fetchall()]


def _relations(small: Small) -> list[tuple[str, str]]:
    with small.warehouse.open() as connection:
        return connection.execute(
            "select table_name, table_type from information_schema.tables where table_catalog = 'warehouse'"
        ).fetchall()


@pytest.mark.parametrize("said", [[], [CONTRACT]])
def test_a_build_replaces_the_table_and_leaves_nothing_beside_it(
    small: Small, said: list[dict[str, Any]]
) -> None:
    assert _built(small, "select 1 as a union all select 2", said) == "success"
    assert _built(small, "select 3 as a", said) == "success"
    assert _rows(small) == [3]
    assert _relations(small) == [("t", "BASE TABLE")]


@pytest.mark.parametrize(
    "bad",
    [
        "select cast('x' as integer) as a",
        "select cast(null as integer) as a",
        "select cast(range as integer) as a from range(5) union all select cast(null as integer)",
        "select 'x' as a",
        "select 3 as b",
    ],
)
def test_a_build_that_fails_leaves_the_old_table(small: Small, bad: str) -> None:
    assert _built(small, "select 1 as a", [CONTRACT]) == "success"
    assert _built(small, bad, [CONTRACT]) == "error"
    assert _rows(small) == [1]
    assert _relations(small) == [("t", "BASE TABLE")]


def test_a_query_that_fails_half_way_leaves_the_old_table_without_a_contract_too(small: Small) -> None:
    assert _built(small, "select 1 as a", []) == "success"
    half = "select cast(case when range < 9 then '1' else 'x' end as integer) as a from range(10)"
    assert _built(small, half, []) == "error"
    assert _rows(small) == [1]


def test_what_was_a_view_becomes_a_table(small: Small) -> None:
    assert _built(small, "{{ config(materialized='view') }} select 1 as a", []) == "success"
    assert _relations(small) == [("t", "VIEW")]
    assert _built(small, "select 2 as a", []) == "success"
    assert _relations(small) == [("t", "BASE TABLE")]
    assert _rows(small) == [2]


def test_the_old_columns_go_with_the_old_table(small: Small) -> None:
    assert _built(small, "select 1 as a, 2 as gone", []) == "success"
    assert _built(small, "select 2 as a", [CONTRACT]) == "success"
    with small.warehouse.open() as connection:
        described = connection.execute("describe main.t").fetchall()
    assert [(name, kind, null) for name, kind, null, *_ in described] == [("a", "INTEGER", "NO")]

"""The SQL means the same on DuckDB and on Spark, as far as reading it can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlglot

from orchestration import environment
from orchestration.contract import ENTITIES
from tests.dbt import portable_sql
from tests.dbt.spark_rendering import PROJECT, Renderer, dispatching_to

MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\((.*?)\)\s*-?%\}(.*?)\{%-?\s*endmacro", re.DOTALL)
# The ledger writes four of them; every event has an id and a time, or it is not one.
ALWAYS_THERE = {"_feed", "_file_sha256", "_line", "_loaded_on", "event_id", "occurred_at"}


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("rendered")
    patch.setenv("USEROPS_PSEUDONYM_KEY", "a key for tests only")
    patch.setenv("USEROPS_WAREHOUSE", str(folder / "warehouse.duckdb"))
    patch.setenv("USEROPS_MARTS", str(folder / "marts.duckdb"))
    environment.silence_telemetry()
    yield Renderer(folder)
    patch.undo()


@pytest.fixture(scope="module")
def for_duckdb(renderer: Renderer) -> dict[str, str]:
    return dict(renderer.duckdb())


@pytest.fixture(scope="module")
def for_spark(renderer: Renderer) -> dict[str, str]:
    return dict(renderer.spark())


@pytest.fixture(scope="module")
def never_null(renderer: Renderer) -> dict[str, set[str]]:
    """By query, the columns that hold no nulls wherever it or what it reads has one of the name."""
    nodes = renderer.manifest.nodes
    filled = {
        (node.attached_node, column)
        for node in nodes.values()
        if getattr(node, "test_metadata", None) and node.test_metadata.name == "keys"
        for column in node.test_metadata.kwargs.get("not_null", [])
    } | {
        (node.unique_id, column.name)
        for node in nodes.values()
        for column in getattr(node, "columns", {}).values()
        if any(constraint.type == "not_null" for constraint in column.constraints)
    }
    columns = {name: set(node.columns) for name, node in nodes.items() if node.resource_type != "test"}
    for name, source in renderer.manifest.sources.items():
        if source.name in ENTITIES:
            columns[name] = {column.name for column in ENTITIES[source.name].columns}
            filled |= {(name, column.name) for column in ENTITIES[source.name].columns if column.required}

    def seen(node: Any) -> set[str]:
        tables = [node.unique_id, *node.depends_on_nodes]
        named = {column for table in tables for column in columns.get(table, ())}
        holders = {c: [table for table in tables if c in columns.get(table, ())] for c in named}
        return {c for c, held in holders.items() if all((table, c) in filled for table in held)}

    return {node.name: ALWAYS_THERE | seen(node) for node in nodes.values() if node.resource_type != "seed"}


def _macros() -> dict[str, str]:
    files = [path.read_text(encoding="utf-8") for path in sorted((PROJECT / "macros").glob("*.sql"))]
    return {name: body for text in files for name, _, body in MACRO.findall(text)}


def test_every_query_is_written_in_words_both_engines_know() -> None:
    files = sorted([*(PROJECT / "models").rglob("*.sql"), *(PROJECT / "tests").rglob("*.sql")])
    texts = {path.stem: path.read_text(encoding="utf-8") for path in files}
    shared = {f"macro {n}": b for n, b in _macros().items() if not n.startswith(("duckdb__", "spark__"))}
    assert [f"{n}: {m}" for n, text in (texts | shared).items() for m in portable_sql.written(text)] == []


def test_what_only_duckdb_knows_has_its_counterpart_for_spark() -> None:
    names = set(_macros())
    only_here = {name for name in names if name.startswith("duckdb__")}
    assert {name.replace("duckdb__", "spark__") for name in only_here} <= names


def test_every_query_renders_and_parses_for_spark(for_duckdb: dict, for_spark: dict) -> None:
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    assert models <= set(for_spark)
    assert set(for_spark) == set(for_duckdb)
    for name, sql in for_spark.items():
        assert sqlglot.parse_one(sql, read="spark"), name
        translated = sqlglot.transpile(for_duckdb[name], read="duckdb", write="spark")
        assert sqlglot.parse_one(translated[0], read="spark"), name


def test_no_query_calls_what_spark_does_not_have(for_spark: dict) -> None:
    macros = {name: body for name, body in _macros().items() if name.startswith("spark__")}
    # What a macro for Spark calls, it answers for.
    known = portable_sql.SHARED.union(
        *(portable_sql.functions(portable_sql.without_jinja(body)) for body in macros.values())
    )
    unknown = {name: portable_sql.functions(sql) - known for name, sql in for_spark.items()}
    assert [f"{name}: {sorted(functions)}" for name, functions in unknown.items() if functions] == []


def test_no_query_leaves_nulls_zeros_and_roundings_to_the_engine(for_spark: dict, never_null: dict) -> None:
    said = {name: portable_sql.rendered(sql, never_null[name]) for name, sql in for_spark.items()}
    assert [f"{name}: {message}" for name, messages in said.items() for message in messages] == []


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select * exclude (a) from t", "EXCLUDE"),
        ("select * replace (a + 1 as a) from t", "SELECT * REPLACE"),
        ("select 1 as a union all by name select 2 as b", "UNION BY NAME"),
        ("select * from t asof join u on t.at >= u.at", "ASOF"),
        ("select last_value(a ignore nulls) over (order by b nulls last) from t", "IGNORE NULLS"),
        ("select distinct on (a) a, b from t", "DISTINCT ON"),
        ('select "a b" from t', "double-quoted"),
        ("select list_transform(a, x -> x + 1) from t", "lambda"),
        ("select a[1] from t", "subscript"),
        ("select substring(lower(a), 0, 3) from t", "substring from 0"),
        ("select extract(dow from day) from t", "day of the week"),
        ("select 5 // 2", "whole numbers"),
        ("select cast(a as varchar) from t", "text type"),
        ("select a::hugeint from t", "HUGEINT"),
        ("select current_date", "now()"),
        ("select now()", "now()"),
        ("select quantile_cont(a, 0.5) from t", "quantile_cont()"),
        ("select arg_max(a, b) from t", "arg_max()"),
        ("select hash(a) from t", "hash()"),
        ("select concat(a, 'b') from t", "concat()"),
        ("select split(a, '|') from t", "split()"),
        ("select {{ money('a') }}, epoch_ms(b) from t", "epoch_ms()"),
    ],
)
def test_a_word_of_one_engine_is_found(sql: str, message: str) -> None:
    assert any(message in said for said in portable_sql.written(sql))


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select row_number() over (order by a) from t", "nulls last"),
        ("select a from t order by a", "nulls last"),
        ("select array_agg(a order by b) from t", "nulls last"),
        ("select row_number() over (order by case when a then 1 end) from t", "nulls last"),
        ("select a / b from t", "nullif"),
        ("select a / 0 from t", "nullif"),
        ("select a % b from t", "nullif"),
        ("select cast(a / 2 as integer) from t", "truncates"),
        ("select cast(1.5 as int)", "truncates"),
    ],
)
def test_what_is_left_to_the_engine_is_found(sql: str, message: str) -> None:
    assert any(message in said for said in portable_sql.rendered(sql))


def test_what_both_engines_read_alike_is_left_alone() -> None:
    sql = """
        with t as (select cast(floor(a / nullif(b, 0)) as bigint) as a, count(*) as n from u group by b)
        select a / 2 as half, substring(x, 2) || '"' as y, string_agg(x, ',' order by key) as list_,
            row_number() over (order by a desc, n nulls last, case when a > 0 then 0 else 1 end, key)
        from t
        qualify rank() over (partition by a order by b nulls first) = 1
    """
    assert [*portable_sql.written(sql), *portable_sql.rendered(sql, {"key"})] == []


def test_an_engine_without_its_version_of_a_macro_is_refused(renderer: Renderer) -> None:
    with dispatching_to("oracle"), pytest.raises(AssertionError, match="oracle__"):
        renderer.duckdb()

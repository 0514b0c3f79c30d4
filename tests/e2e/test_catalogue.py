"""The catalogue of a built world: lineages worked out by hand, and no page that leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import duckdb
import pytest

from catalogue import __main__ as catalogue
from catalogue import lineage
from tests.e2e.house import Built

# Worked out by reading the models, not by the program.
BY_HAND = {
    "rpt_engagement.revenue": {"int_value__orders.revenue"},
    "rpt_engagement.orders": {"int_value__orders.is_purchase"},
    "rpt_engagement.new_users": {"int_lifecycle__returns.previous_day"},
    "rpt_engagement.day": {
        "int_lifecycle__returns.day",
        "int_behaviour__events.event_day",
        "int_value__orders.order_day",
    },
    "rpt_engagement.events": set(),
    "rpt_engagement.as_of": set(),
    "dim_users.lifecycle_state": {"fct_lifecycle_spans.state"},
    "dim_users.favourite_category": {"int_users__habits.favourite_category"},
    "dim_user_profiles.clv": {"fct_consents.user_key", "fct_value_forecasts.clv"},
    "fct_events.page": {"fct_event_rows.page"},
    "stg_orders.feed": {"orders._feed"},
    "stg_orders.refunded_amount": {"orders.refunded_amount", "orders.refunded_at"},
}


@pytest.fixture(scope="module")
def columns(built: Built) -> lineage.Columns:
    return lineage.built(built.house.data)


@pytest.mark.parametrize("column", BY_HAND)
def test_a_column_is_made_of_what_its_sql_reads(columns: lineage.Columns, column: str) -> None:
    table, name = column.split(".")
    made = columns.of(table, name)
    assert made is not None
    assert {".".join(one) for one in made.of} == BY_HAND[column]


def test_every_column_of_every_model_is_told(columns: lineage.Columns) -> None:
    assert columns.made.keys() == lineage.written_by().keys()
    assert not [table for table, made in columns.made.items() if not made]
    assert not [(table, name) for table in columns.made for name, made in columns.made[table].items()
                if made.untold]  # fmt: skip


def test_revenue_goes_back_to_the_lines_and_rates_it_was_recorded_as(columns: lineage.Columns) -> None:
    recorded = {".".join(one) for one in columns.recorded("rpt_engagement", "revenue")}
    assert {"orders.amount", "order_items.unit_price", "seed_exchange_rates.rate"} <= recorded
    assert {table for table, _ in columns.recorded("rpt_engagement", "revenue")} <= {
        "orders", "order_items", "seed_exchange_rates"
    }  # fmt: skip


def test_the_columns_told_are_those_of_the_file(built: Built, columns: lineage.Columns) -> None:
    with duckdb.connect(built.house.data / "published" / "current.duckdb", read_only=True) as published:
        there = published.execute(
            "select table_name, list(column_name) from information_schema.columns group by all"
        ).fetchall()
    stored = {table: set(names) for table, names in there if table in columns.made}
    assert len(stored) > 30
    assert {table: set(columns.made[table]) for table in stored} == stored


@pytest.fixture(scope="module")
def site(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages of the built world by their names."""
    out = tmp_path_factory.mktemp("site")
    with built.house.lived_in():
        assert catalogue.main(["--data", str(built.house.data), "--out", str(out)]) == 0
    return {path.name: path.read_text(encoding="utf-8") for path in out.glob("*.html")}


def test_every_link_of_the_site_leads_to_a_column_or_a_page(site: dict[str, str]) -> None:
    anchors = {name: set(re.findall(r'id="([^"]+)"', text)) for name, text in site.items()}
    links = {link for text in site.values() for link in re.findall(r'href="([^"]+)"', text)}
    assert len(links) > 1000
    for link in links:
        page, _, anchor = link.partition("#")
        assert page in site, link
        assert not anchor or anchor in anchors[page], link
    assert "data@example.test" in site["rpt_engagement.html"]


@pytest.fixture(scope="module")
def stored(built: Built) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, list[str]]]]:
    """The published file and the columns of its public tables."""
    with duckdb.connect(built.house.data / "published" / "current.duckdb", read_only=True) as published:
        found = published.execute(
            "select table_name, list(column_name) from information_schema.columns"
            " where table_schema = 'marts' and not ends_with(table_name, '_rows') group by table_name"
        ).fetchall()
        yield published, dict(found)


Stored = tuple[duckdb.DuckDBPyConnection, dict[str, list[str]]]


def test_every_public_table_and_column_is_told_in_two_languages(site: dict[str, str], stored: Stored) -> None:
    assert len(stored[1]) > 50
    untold = []
    for table, columns in stored[1].items():
        page = site[f"{table}.html"]
        (meaning,) = re.findall(r"</h1><p>(.*?)</p>", page, re.DOTALL)
        cells = {table: meaning}
        for column in columns:
            (row,) = re.findall(rf'<tr id="{column}">(.*?)</tr>', page, re.DOTALL)
            cells[f"{table}.{column}"] = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)[2]
        for name, cell in cells.items():
            english, _, chinese = cell.partition('<div class="zh" lang="zh">')
            if not re.search(r"[A-Za-z]{3}", english) or not re.search("[\u4e00-\u9fff]", chinese):
                untold.append(name)
    assert not untold


def test_every_public_table_says_what_it_is_made_from(site: dict[str, str], stored: Stored) -> None:
    for table in stored[1]:
        (said,) = re.findall(r"<dt>Selects from 直接来源</dt><dd>(.*?)</dd>", site[f"{table}.html"])
        assert "<code>" in said, table


def test_every_sample_query_answers_with_rows_of_its_table(site: dict[str, str], stored: Stored) -> None:
    published, tables = stored
    for table, columns in tables.items():
        (query,) = re.findall(r"<pre>(.*?)</pre>", site[f"{table}.html"], re.DOTALL)
        found = published.execute(unescape(query))
        assert {column[0] for column in found.description or []} <= set(columns), table
        (rows,) = published.execute(f"select least(count(*), 10) from marts.{table}").fetchone() or (None,)
        published.execute(unescape(query))
        assert len(published.fetchall()) == rows, table

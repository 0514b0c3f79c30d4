"""The catalogue of a built world: lineages worked out by hand, and no page that leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

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
    assert columns.made.keys() == lineage.parents().keys()
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


def test_every_link_of_the_site_leads_to_a_column_or_a_page(built: Built, tmp_path: Path) -> None:
    with built.house.lived_in():
        assert catalogue.main(["--data", str(built.house.data), "--out", str(tmp_path)]) == 0
    pages = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.html")}
    anchors = {name: set(re.findall(r'id="([^"]+)"', text)) for name, text in pages.items()}
    links = {link for text in pages.values() for link in re.findall(r'href="([^"]+)"', text)}
    assert len(links) > 1000
    for link in links:
        page, _, anchor = link.partition("#")
        assert page in pages, link
        assert not anchor or anchor in anchors[page], link
    assert "data@example.test" in pages["rpt_engagement.html"]

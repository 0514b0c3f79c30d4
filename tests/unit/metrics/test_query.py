"""Metrics asked of five people's days, sessions and orders, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from metrics import query
from metrics.definitions import MetricError, load

LAST = date(2026, 1, 10)


def _rows(connection: duckdb.DuckDBPyConnection, *names: str, **asked: Any) -> list[tuple[Any, ...]]:
    question = query.asked(names, last=LAST, **asked)
    return connection.execute(*query.compiled(question)).fetchall()


def test_sums_and_ratios_are_those_worked_by_hand(published: duckdb.DuckDBPyConnection) -> None:
    # Four purchases, the guest's among them; 145 over four; 20 of 165 taken back.
    ((revenue, orders, aov, refunds, buyers),) = _rows(
        published, "revenue", "orders", "aov", "refund_rate", "buyers"
    )
    assert (float(revenue), orders, aov, buyers) == (145.0, 4, 36.25, 2)
    assert refunds == pytest.approx(20 / 165)


def test_a_window_ends_with_the_last_day(published: duckdb.DuckDBPyConnection) -> None:
    # On the 10th Ann and Cy; in the 7 days to it Bo's 5th as well; Di did nothing that counts.
    assert _rows(published, "dau", "wau", "mau", "stickiness") == [(2, 3, 3, pytest.approx(2 / 3))]


def test_a_window_slides_with_each_day(published: duckdb.DuckDBPyConnection) -> None:
    found = _rows(published, "wau", by=["day"], first=date(2026, 1, 4))
    assert found == [
        (date(2026, 1, 4), 1),
        (date(2026, 1, 5), 2),
        (date(2026, 1, 6), 2),
        (date(2026, 1, 7), 2),
        (date(2026, 1, 8), 1),
        (date(2026, 1, 9), 1),
        (date(2026, 1, 10), 3),
    ]


def test_a_metric_of_two_tables_is_grouped_by_the_person(published: duckdb.DuckDBPyConnection) -> None:
    # China: Ann's 130 over two active people. The guest is of no country.
    assert _rows(published, "arpu", "revenue", by=["country"]) == [
        ("CN", 65.0, 130),
        ("US", 10.0, 10),
        (None, None, 5),
    ]


def test_a_filter_is_about_people(published: duckdb.DuckDBPyConnection) -> None:
    assert _rows(published, "orders", where={"country": ["CN"]}) == [(2,)]
    assert _rows(published, "orders", where={"country": ["CN", "US"], "platform": ["web"]}) == [(3,)]


def test_a_filter_is_text_and_never_sql(published: duckdb.DuckDBPyConnection) -> None:
    hostile = "CN'); drop table marts.fct_orders; --"
    assert _rows(published, "orders", where={"country": [hostile]}) == [(None,)]
    assert _rows(published, "orders") == [(4,)]


def test_a_period_has_a_first_day(published: duckdb.DuckDBPyConnection) -> None:
    assert _rows(published, "revenue", "registrations", first=date(2026, 1, 5)) == [(65, 2)]


def test_what_describes_today_has_no_period(published: duckdb.DuckDBPyConnection) -> None:
    assert _rows(published, "people", "lost_people", first=LAST) == [(4, 1)]
    with pytest.raises(MetricError, match="no history"):
        _rows(published, "people", by=["day"])


def test_days_and_months_are_never_added_up(published: duckdb.DuckDBPyConnection) -> None:
    for asked in ({}, {"where": {"growth_per": ["day", "month"]}}):
        with pytest.raises(MetricError, match="growth_new is not added up over growth_per"):
            _rows(published, "growth_new", **asked)
    assert _rows(published, "growth_new", "quick_ratio", where={"growth_per": ["month"]}) == [(5, 2.0)]
    assert _rows(published, "growth_new", by=["growth_per"]) == [("day", 3), ("month", 5)]


def test_an_unknown_metric_or_dimension_is_named(published: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="no metric revenu;"):
        _rows(published, "revenu")
    with pytest.raises(MetricError, match="cannot be told apart by colour"):
        _rows(published, "revenue", by=["colour"])


def test_every_metric_has_a_definition_in_both_languages() -> None:
    layer = load()
    assert len(layer.metrics) >= 40
    for name, metric in layer.metrics.items():
        assert all(metric.label.values()), name
        assert all(metric.description.values()), name
        assert metric.description["en"] != metric.description["zh"], name
        assert layer.tables(name)

"""Metrics asked of five people's days, sessions and orders, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from metrics import query
from metrics.definitions import MetricError, load

ROWS = """
create schema marts;
create table marts.dim_user_profiles as
select *, null as region, null as city, null as gender, null as age_band, null as language,
    null as activity_level, null as favourite_category, 'mid' as value_tier, null as rfm_class,
    null as preferred_channel, null as next_action, true as is_activated, false as is_converted,
    true as marketing_consent, null as clv, null as churn_probability, null as churn_band
from (values
    ('ann', timestamp '2026-01-01 10:00', 'CN', 'web', 'ads', 'active', 'one'),
    ('bo', timestamp '2026-01-05 10:00', 'CN', 'ios', 'ads', 'active', 'two'),
    ('cy', timestamp '2026-01-09 10:00', 'US', 'web', 'store', 'churned', 'one'),
    ('di', null, null, null, null, 'new', null)
) as t (user_key, registered_at, country, platform, acquisition_channel, lifecycle_state, segment_name);
create table marts.fct_user_days as select * from (values
    ('ann', date '2026-01-01', 1), ('ann', date '2026-01-10', 2), ('bo', date '2026-01-05', 1),
    ('cy', date '2026-01-10', 3), ('di', date '2026-01-10', 0)
) as t (user_key, day, core_event_count);
create table marts.fct_sessions as select *, null as channel, null as platform, null as country,
    null as entry_page, null as exit_page, null as utm_source, null as utm_medium, null as utm_campaign,
    view_count as event_count from (values
    ('s1', 'ann', date '2026-01-01', true, false, true, 2, 30),
    ('s2', 'bo', date '2026-01-05', false, true, false, 1, 0),
    ('s3', 'cy', date '2026-01-10', true, false, false, 4, 90)
) as t (session_id, user_key, session_day, is_engaged, is_bounce, is_converted, view_count, dwell_seconds);
create table marts.fct_orders as select *, null as status, null as channel, null as payment_method,
    null as coupon_code, false as is_first_order from (values
    ('o1', 'ann', date '2026-01-01', true, 100.00, 20.00, 80.00),
    ('o2', 'ann', date '2026-01-10', true, 50.00, 0.00, 50.00),
    ('o3', 'cy', date '2026-01-10', true, 10.00, 0.00, 10.00),
    ('o4', null, date '2026-01-10', true, 5.00, 0.00, 5.00),
    ('o5', 'bo', date '2026-01-10', false, 70.00, 70.00, 0.00)
) as t (order_id, user_key, order_day, is_purchase, gross_amount, refunded_amount, revenue);
create table marts.rpt_growth_accounting as select *, true as is_complete, new as active, 0 as retained
from (values
    ('day', date '2026-01-01', 2, 1, 1), ('day', date '2026-01-02', 1, 0, 0),
    ('month', date '2026-01-01', 5, 3, 4)
) as t (granularity, period_start, new, resurrected, churned);
"""
LAST = date(2026, 1, 10)


@pytest.fixture(scope="module")
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        yield connection


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

"""Metrics of the reports that describe today, asked of a few rows and worked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from metrics import query
from metrics.definitions import MetricError

ROWS = """
create schema marts;
create table marts.rpt_pages as select *, 0 as views from (values
    ('home', date '2026-01-09', 10, 5), ('home', date '2026-01-10', 30, 3), ('cart', date '2026-01-10', 0, 0)
) as t (page, day, impressions, clicks);
create table marts.rpt_paths as select *, date '2026-01-10' as as_of from (values
    ('entry', '(entry)', 'home', 9), ('transition', 'home', 'cart', 6), ('exit', 'home', '(exit)', 2),
    ('exit', 'cart', '(exit)', 3), ('transition', 'cart', 'home', 1)
) as t (kind, from_page, to_page, transitions);
create table marts.rpt_funnels as select *, 'a step' as step_name, date '2026-01-10' as as_of from (values
    ('buy', 1, 'all', 'all', 8, 1.0, null), ('buy', 2, 'all', 'all', 4, 0.5, 0.5),
    ('buy', 3, 'all', 'all', 1, 0.125, 0.25), ('buy', 1, 'user.platform', 'ios', 3, 1.0, null),
    ('join', 1, 'all', 'all', 2, 1.0, null)
) as t (
    funnel, step_number, breakdown, breakdown_value, people, conversion_from_first, conversion_from_previous
);
create table marts.rpt_campaigns as select *, null as channel, null as objective, 0 as sent, 0 as conversions,
    0 as attributed_revenue, date '2026-01-10' as as_of from (values
    ('c1', 100.00, 250.00), ('c2', 50.00, -100.00), ('c3', 900.00, null), ('c4', 0.00, 30.00)
) as t (campaign_id, spend, incremental_revenue);
create table marts.rpt_needs as select *, 'stated' as basis, 'complaint' as sign, date '2026-01-10' as as_of
from (values ('late', 4, 12.5), ('dear', 6, 1.5)) as t (need, people, priority);
create table marts.rpt_experiments as select *, null as verdict, true as is_primary, 1 as units, 0.0 as mean,
    0.0 as lift, date '2026-01-10' as as_of from (values
    ('e1', 'purchase', 'a', 0.0004), ('e1', 'purchase', 'control', 0.0004), ('e2', 'purchase', 'a', 0.7)
) as t (experiment_id, metric, variant, srm_p_value);
"""


@pytest.fixture(scope="module")
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, *names: str, **asked: Any) -> list[tuple[Any, ...]]:
    question = query.asked(names, last=date(2026, 1, 10), **asked)
    return connection.execute(*query.compiled(question)).fetchall()


def test_clicks_are_over_the_impressions_of_the_period(published: duckdb.DuckDBPyConnection) -> None:
    # 8 of 40, not the mean of a half and a tenth; nothing was shown in the cart.
    assert _rows(published, "click_through_rate") == [(0.2,)]
    assert _rows(published, "click_through_rate", first=date(2026, 1, 10)) == [(0.1,)]
    assert _rows(published, "click_through_rate", by=["page"]) == [("cart", None), ("home", 0.2)]


def test_drop_off_is_of_views_and_an_entry_is_none(published: duckdb.DuckDBPyConnection) -> None:
    # Of home 2 of 8 views, of the cart 3 of 4, of all 5 of 12.
    assert _rows(published, "drop_off_rate", by=["from_page"]) == [
        ("(entry)", None),
        ("cart", 0.75),
        ("home", 0.25),
    ]
    assert _rows(published, "drop_off_rate") == [(pytest.approx(5 / 12),)]


def test_a_funnel_is_asked_step_by_step_of_one_group(published: duckdb.DuckDBPyConnection) -> None:
    names = ("funnel_people", "funnel_conversion", "funnel_step_conversion")
    found = _rows(published, *names, by=["funnel", "funnel_step"], where={"funnel_group": ["all"]})
    assert [
        (*key, people, float(whole), step if step is None else float(step))
        for *key, people, whole, step in found
    ] == [
        ("buy", 1, 8, 1.0, None),
        ("buy", 2, 4, 0.5, 0.5),
        ("buy", 3, 1, 0.125, 0.25),
        ("join", 1, 2, 1.0, None),
    ]
    only = {"funnel": ["buy"], "funnel_step": ["1"], "funnel_group": ["user.platform ios"]}
    assert _rows(published, "funnel_people", where=only) == [(3,)]
    for lacking in ("funnel", "funnel_step", "funnel_group"):
        rest = {name: values for name, values in only.items() if name != lacking}
        with pytest.raises(MetricError, match=f"not added up over {lacking}"):
            _rows(published, "funnel_people", where=rest)


def test_incremental_roi_is_of_campaigns_with_a_hold_out(published: duckdb.DuckDBPyConnection) -> None:
    # 250 - 100 + 30 earned for 100 + 50 spent; the 900 of the campaign without one are nobody's return.
    assert _rows(published, "incremental_roi", "tested_spend") == [(pytest.approx(0.2), 150)]
    by = dict(_rows(published, "incremental_roi", by=["campaign_id"]))
    assert by == {"c1": pytest.approx(1.5), "c2": pytest.approx(-3.0), "c3": None, "c4": None}


def test_needs_and_splits_are_told_one_by_one(published: duckdb.DuckDBPyConnection) -> None:
    found = _rows(published, "need_people", "need_priority", by=["need"])
    assert [(need, people, float(priority)) for need, people, priority in found] == [
        ("dear", 6, 1.5),
        ("late", 4, 12.5),
    ]
    splits = _rows(published, "srm_p_value", by=["experiment"])
    assert [(experiment, float(p)) for experiment, p in splits] == [("e1", 0.0004), ("e2", 0.7)]
    for name in ("need_people", "need_priority", "srm_p_value"):
        with pytest.raises(MetricError, match="is not added up over"):
            _rows(published, name)

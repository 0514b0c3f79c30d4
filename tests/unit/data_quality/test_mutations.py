"""A sound table passes its suite; each way of spoiling it is caught, and named by the rule that saw it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import pytest

from data_quality.night import Night
from data_quality.validate import GateResult, run_suite

NIGHT = Night(date(2026, 6, 30), datetime.fromisoformat("2026-06-30 16:00"), frozenset({"events"}))

# Two people: one with a session of two events, one with a single event; no orders.
WORLD = """
create schema marts;
create table marts.fct_events as
select
    event_id, repeat(who, 64) as user_key, session_id, 'page_view' as event_name,
    timestamp '2026-06-30 10:00:00' + number * interval 5 minute as occurred_at,
    'web' as channel, 'desktop' as platform, '/home' as page, null::varchar as item_id,
    null::varchar as item_category, null::decimal(18, 4) as value, dwell as dwell_seconds,
    'shop' as feed, true as is_core, date '2026-06-30' as event_day, date '2026-06-30' as as_of
from (values ('e1', 'a', 's1', 0, 300), ('e2', 'a', 's1', 1, null), ('e3', 'b', 's2', 0, null))
    as rows(event_id, who, session_id, number, dwell);
create table marts.fct_sessions as
select
    session_id, user_key, min(occurred_at) as started_at, max(occurred_at) as ended_at,
    count(*) as event_count, count(*) as view_count, coalesce(sum(dwell_seconds), 0) as dwell_seconds,
    count(*) > 1 as is_engaged, count(*) = 1 as is_bounce, false as is_converted,
    '/home' as entry_page, '/home' as exit_page, 'web' as channel, null::varchar as utm_source,
    null::varchar as utm_medium, null::varchar as utm_campaign,
    date '2026-06-30' as session_day, date '2026-06-30' as as_of
from marts.fct_events group by session_id, user_key;
create table marts.fct_user_days as
select
    user_key, date '2026-06-30' as day, count(*) as event_count,
    count(distinct session_id) as session_count, 0 as order_count, 0::decimal(18, 4) as revenue,
    date '2026-06-30' as as_of
from marts.fct_events group by user_key;
create table marts.rpt_funnels as
select
    'buy' as funnel, step_number, 'look' as step_name, breakdown, value as breakdown_value, people,
    people / 4 as conversion_from_first, people / 4 as conversion_from_previous,
    10 as median_seconds, 10 as mean_seconds, 60 as window_seconds, date '2026-06-30' as as_of
from (values
    (1, 'all', 'all', 4), (2, 'all', 'all', 2), (1, 'event.page', '/', 3), (2, 'event.page', '/', 2),
    (1, 'event.page', 'unknown', 1), (2, 'event.page', 'unknown', 0)
) as rows(step_number, breakdown, value, people);
create table marts.fct_funnel_steps as
select
    'buy' as funnel, breakdown, value as breakdown_value, repeat(who, 64) as user_key, step_number,
    10 * (step_number - 1) as seconds_from_first, date '2026-06-30' as as_of
from (values
    ('all', 'all', 'a', 1), ('all', 'all', 'a', 2), ('all', 'all', 'b', 1),
    ('event.page', '/', 'a', 1), ('event.page', '/', 'a', 2), ('event.page', 'unknown', 'b', 1)
) as rows(breakdown, value, who, step_number);
create table marts.fct_orders (
    order_id varchar, user_key varchar, order_day date, is_purchase boolean, revenue decimal(18, 4)
);
"""

MUTATIONS = [
    ("marts/fct_events", "alter table marts.fct_events drop column page", "at least these"),
    ("marts/fct_events", "alter table marts.fct_events rename channel to medium", "at least these"),
    ("marts/fct_events", "delete from marts.fct_events", "not empty when"),
    ("marts/fct_events", "update marts.fct_events set user_key = null", "user_key is a pseudonym"),
    ("marts/fct_events", "update marts.fct_events set user_key = event_id", "user_key is a pseudonym"),
    ("marts/fct_events", "update marts.fct_events set dwell_seconds = -1", "dwell_seconds between"),
    ("marts/fct_events", "update marts.fct_events set dwell_seconds = 1801", "dwell_seconds between"),
    ("marts/fct_events", "update marts.fct_events set as_of = '2026-06-29'", "as_of is the night's day"),
    ("marts/fct_events", "update marts.fct_events set channel = 'fax'", "channel is one of"),
    ("marts/fct_events", "update marts.fct_events set occurred_at = '2026-07-01'", "occurred_at from"),
    ("marts/fct_events", "update marts.fct_events set occurred_at = '1970-01-01'", "occurred_at from"),
    ("marts/fct_events", "drop table marts.fct_events", "at least these"),
    ("marts/fct_sessions", "delete from marts.fct_events where event_id = 'e2'", "the sessions' events"),
    ("marts/fct_sessions", "delete from marts.fct_sessions where is_bounce", "the sessions' events"),
    ("marts/fct_sessions", "update marts.fct_sessions set is_engaged = true", "a bounce is not"),
    ("marts/fct_sessions", "update marts.fct_sessions set ended_at = '2026-06-01'", "a session ends"),
    ("marts/fct_sessions", "update marts.fct_sessions set started_at = '2026-06-01'", "no longer than"),
    ("marts/fct_user_days", "update marts.fct_user_days set revenue = 100", "the days' revenue"),
    ("marts/fct_user_days", "update marts.fct_user_days set event_count = 9", "the days' events"),
    ("marts/fct_user_days", "update marts.fct_user_days set session_count = 9", "the days' sessions"),
    ("marts/fct_user_days", "delete from marts.fct_user_days where event_count = 1", "every core action"),
    ("marts/fct_user_days", "update marts.fct_user_days set day = '2026-07-01'", "days end at"),
    ("marts/rpt_funnels", "update marts.rpt_funnels set people = 9 where step_number = 2", "people through"),
    ("marts/rpt_funnels", "delete from marts.rpt_funnels where step_number = 1", "people through"),
    ("marts/rpt_funnels", "delete from marts.rpt_funnels where breakdown_value = '/'", "the people of a"),
    ("marts/rpt_funnels", "update marts.rpt_funnels set median_seconds = 61", "nobody took longer"),
    (
        "marts/fct_funnel_steps",
        "delete from marts.fct_funnel_steps where step_number = 1 and breakdown = 'all'",
        "no step is skipped",
    ),
    (
        "marts/fct_funnel_steps",
        "update marts.fct_funnel_steps set breakdown_value = 'x' where step_number = 2",
        "no step is skipped",
    ),
    (
        "marts/fct_funnel_steps",
        "delete from marts.fct_funnel_steps where breakdown_value = 'unknown'",
        "every breakdown holds",
    ),
    ("marts/fct_funnel_steps", "update marts.fct_funnel_steps set seconds_from_first = -1", "seconds_from"),
    (
        "published/fct_events",
        "insert into marts.fct_events from marts.fct_events where event_id = 'e1'",
        "event_id unique",
    ),
    ("published/fct_events", "update marts.fct_events set event_id = null", "event_id is never null"),
    (
        "published/fct_user_days",
        "insert into marts.fct_user_days from marts.fct_user_days limit 1",
        "user_key, day unique",
    ),
]


@pytest.fixture
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(WORLD)
        yield connection


def judge(connection: duckdb.DuckDBPyConnection, key: str) -> list[GateResult]:
    layer, table = key.split("/")
    return run_suite(connection, (layer, table), NIGHT)


@pytest.mark.parametrize("key", sorted({key for key, _, _ in MUTATIONS}))
def test_a_sound_table_passes(world: duckdb.DuckDBPyConnection, key: str) -> None:
    assert [result for result in judge(world, key) if not result.success] == []


@pytest.mark.parametrize(("key", "mutation", "rule"), MUTATIONS, ids=[m for _, m, _ in MUTATIONS])
def test_a_spoilt_table_is_blocked(
    world: duckdb.DuckDBPyConnection, key: str, mutation: str, rule: str
) -> None:
    world.execute(mutation)
    failed = [r.expectation for r in judge(world, key) if not r.success and r.severity == "critical"]
    assert any(expectation.startswith(rule) for expectation in failed), failed

"""One row per person and active day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

EVENTS_ADD_UP = """
select 1 as offending
where (select coalesce(sum(event_count), 0) from {batch}) <> (
    select count(*) from marts.fct_events as events
    where exists (
        select 1 from {batch} as days
        where days.user_key = events.user_key and days.day = events.event_day
    )
)
"""
COUNTS_ADD_UP = """
select 1 as offending
from (
    select coalesce(sum(session_count), 0) as sessions, coalesce(sum(order_count), 0) as orders
    from {batch}
)
where
    sessions <> (
        select count(*) from marts.fct_sessions as visits
        where exists (
            select 1 from {batch} as days
            where days.user_key = visits.user_key and days.day = visits.session_day
        )
    )
    or orders <> (
        select count(*) from marts.fct_orders as purchases
        where is_purchase and exists (
            select 1 from {batch} as days
            where days.user_key = purchases.user_key and days.day = purchases.order_day
        )
    )
"""
NO_DAY = """
select 1 as offending
from marts.fct_events as events
left join {batch} as days
    on events.user_key = days.user_key and events.event_day = days.day
where events.is_core and days.user_key is null
"""
REVENUE_ADDS_UP = """
select 1 as offending
where (select coalesce(sum(revenue), 0) from {batch}) <> (
    select coalesce(sum(revenue), 0) from marts.fct_orders as orders
    where exists (
        select 1 from {batch} as days
        where days.user_key = orders.user_key and days.day = orders.order_day
    )
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_days."""
    return [
        rules.filled("select 1 from marts.fct_events where is_core", "core actions"),
        rules.columns(PUBLIC["fct_user_days"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.never("days end at the as-of", f"day > {night.as_of_sql} or day < date '2000-01-01'"),
        rules.between("event_count", 0, None),
        rules.between("session_count", 0, None),
        rules.between("order_count", 0, None),
        rules.never("something happened on each day", "event_count + order_count = 0"),
        # Critical: everyone is active on the day of a core action.
        rules.no_rows("every core action has its day", NO_DAY),
        # Critical: the days are the events and the orders, summed; a difference is a lost join.
        rules.no_rows("the days' events add up to the events", EVENTS_ADD_UP),
        rules.no_rows("the days' sessions and purchases add up", COUNTS_ADD_UP),
        rules.no_rows("the days' revenue adds up to the orders", REVENUE_ADDS_UP),
    ]

"""One row per person and active day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

EVENTS_ADD_UP = """
select 1 as offending
where (select coalesce(sum(event_count), 0) from {batch}) <> (select count(*) from marts.fct_events)
"""
REVENUE_ADDS_UP = """
select 1 as offending
where (select coalesce(sum(revenue), 0) from {batch}) <> (
    select coalesce(sum(revenue), 0) from marts.fct_orders
    where is_purchase and user_key is not null
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_days."""
    return [
        rules.filled("select 1 from marts.fct_events", "events"),
        rules.columns(PUBLIC["fct_user_days"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.never("days end at the as-of", f"day > {night.as_of_sql} or day < date '2000-01-01'"),
        rules.between("event_count", 0, None),
        rules.between("session_count", 0, None),
        rules.between("order_count", 0, None),
        rules.never("something happened on each day", "event_count + order_count = 0"),
        # Critical: the days are the events and the purchases, summed; a difference is a lost join.
        rules.no_rows("the days' events add up to the events", EVENTS_ADD_UP),
        rules.no_rows("the days' revenue adds up to the purchases", REVENUE_ADDS_UP),
    ]

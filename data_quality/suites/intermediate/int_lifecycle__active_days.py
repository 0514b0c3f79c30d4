"""One row per person and day with anything on it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "user_key",
    "day",
    "event_count",
    "core_event_count",
    "session_count",
    "order_count",
    "revenue",
    "is_active",
]
ADDS_UP = """
select 1 as offending
where (select coalesce(sum(event_count), 0) from {batch}) <> (
    select count(*) from intermediate.int_behaviour__events
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__active_days."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__events", "events"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        rules.never("days end at the as-of", f"day > {night.as_of_sql} or day < date '2000-01-01'"),
        rules.between("event_count", 0, None),
        rules.never("no more core events than events", "core_event_count > event_count"),
        *rules.not_null("is_active"),
        # Critical: the days are the events, summed; a difference is a lost join.
        rules.no_rows("the days' events add up to the events", ADDS_UP),
    ]

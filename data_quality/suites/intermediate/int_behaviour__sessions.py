"""One row per session."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "session_id",
    "user_key",
    "started_at",
    "ended_at",
    "session_day",
    "event_count",
    "view_count",
    "conversion_count",
    "dwell_seconds",
    "is_engaged",
    "is_bounce",
    "is_converted",
    "entry_page",
    "exit_page",
    "channel",
    "platform",
    "country",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "referrer",
    "is_capped",
]
ADDS_UP = """
select 1 as offending
where (select coalesce(sum(event_count), 0) from {batch}) <> (
    select count(*) from intermediate.int_behaviour__events
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__sessions."""
    cap = night.number("session_cap_hours", 24)
    return [
        rules.filled("select 1 from intermediate.int_behaviour__events", "events"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        *rules.happened(night, "started_at", "ended_at"),
        rules.never("a session ends after it starts", "ended_at < started_at"),
        # Critical: the cap is what bounds a session that never falls silent.
        rules.never(f"no longer than {cap:g} hours", f"ended_at - started_at > interval {cap:g} hour"),
        rules.between("event_count", 1, None),
        rules.between("dwell_seconds", 0, None),
        # Critical: every event is in exactly one session, so the counts add up.
        rules.no_rows("the sessions' events add up to the events", ADDS_UP),
    ]

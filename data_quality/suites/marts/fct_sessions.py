"""One row per session."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
where (select coalesce(sum(event_count), 0) from {batch}) <> (select count(*) from marts.fct_events)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_sessions."""
    cap = night.number("session_cap_hours", 24)
    return [
        rules.filled("select 1 from marts.fct_events", "events"),
        rules.columns(PUBLIC["fct_sessions"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        *rules.happened(night, "started_at", "ended_at"),
        rules.never("a session ends after it starts", "ended_at < started_at"),
        # Critical: the cap is what bounds a session that never falls silent.
        rules.never(f"no longer than {cap:g} hours", f"ended_at - started_at > interval {cap:g} hour"),
        rules.between("event_count", 1, None),
        rules.between("dwell_seconds", 0, None),
        rules.never("no more views than events", "view_count > event_count"),
        rules.never("a bounce is not engaged", "is_bounce and is_engaged"),
        # Critical: every event is in exactly one session, so the counts add up to the events.
        rules.no_rows("the sessions' events add up to the events", ADDS_UP),
    ]

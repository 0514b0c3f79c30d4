"""The rows behind fct_sessions."""

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
    "is_capped",
    "entry_page",
    "exit_page",
    "channel",
    "platform",
    "country",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "lead_seconds",
]


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_session_rows."""
    return [
        rules.filled("select 1 from marts.fct_sessions", "rows of fct_sessions"),
        rules.columns(COLUMNS),
        # Every other rule is held by the view that shows them, marts.fct_sessions.
    ]

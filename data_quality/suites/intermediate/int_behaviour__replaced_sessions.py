"""The sessions that tonight cut again, as they were."""

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
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__replaced_sessions."""
    return [
        rules.filled(
            "select 1 from intermediate.int_behaviour__events_delta where previous_at is not null",
            "events that were in a session",
        ),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.never("a session ends after it starts", "ended_at < started_at"),
    ]

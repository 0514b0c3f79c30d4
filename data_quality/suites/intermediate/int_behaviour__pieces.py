"""Where the streams of events are cut into sessions."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "event_key",
    "occurred_at",
    "person_number",
    "source_session",
    "started_at",
    "piece",
    "position",
    "next_at",
    "first_event_id",
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__pieces."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__windows", "stretches to cut again"),
        rules.columns(COLUMNS),
        # Critical: what lies outside its own piece would be counted in another session.
        rules.never("no event is before its session", "occurred_at < started_at"),
        rules.never("the next event is not earlier", "next_at < occurred_at"),
        # Told without the number of rows: those of a night are other ones than those of a whole build.
        rules.never("pieces count from 0 and places from 1", "piece < 0 or position < 1"),
    ]

"""What tonight changes of the events and their people."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "event_id",
    "event_key",
    "occurred_at",
    "user_key",
    "person_key",
    "source_session",
    "stream_key",
    "previous_at",
    "previous_user_key",
    "previous_stream_key",
    "previous_source_session",
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__events_delta."""
    return [
        rules.filled("select 1 from staging.stg_events_delta where not is_pending", "staged changes"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        *rules.happened(night, "occurred_at"),
        # Told without the number of rows: of a table built whole they are none.
        rules.never("every event has its stream", "stream_key is null"),
    ]

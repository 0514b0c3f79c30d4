"""The rows behind fct_events."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "event_id",
    "user_key",
    "session_id",
    "event_number",
    "event_name",
    "occurred_at",
    "event_day",
    "is_core",
    "is_view",
    "is_conversion",
    "channel",
    "platform",
    "device_type",
    "country",
    "page",
    "element",
    "item_id",
    "item_category",
    "value",
    "dwell_seconds",
    "feed",
]


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_event_rows."""
    return [
        rules.filled("select 1 from marts.fct_events", "rows of fct_events"),
        rules.columns(COLUMNS),
        # Every other rule is held by the view that shows them, marts.fct_events.
    ]

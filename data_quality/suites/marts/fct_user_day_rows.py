"""The rows behind fct_user_days."""

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
]


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_day_rows."""
    return [
        rules.filled("select 1 from marts.fct_user_days", "rows of fct_user_days"),
        rules.columns(COLUMNS),
        # Every other rule is held by the view that shows them, marts.fct_user_days.
    ]

"""The people's days that tonight changed, as they are and as they were."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "user_key",
    "person_key",
    "day",
    "event_count",
    "core_event_count",
    "session_count",
    "order_count",
    "revenue",
    "is_active",
    "has_orders",
    "is_there",
    "was_there",
    "was_active",
    "previous_event_count",
    "previous_core_event_count",
    "previous_session_count",
    "previous_order_count",
    "previous_revenue",
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__changed_days."""
    return [
        rules.filled(
            "select 1 from intermediate.int_behaviour__events_delta where previous_at is null",
            "events that entered",
        ),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        # Told without the number of rows: of a table built whole they are none.
        rules.never(
            "now and before are both told",
            "is_active is null or is_there is null or was_there is null or was_active is null",
        ),
        # Critical: the reports take away what was and add what is; a day that was not cannot be taken away.
        rules.never("only a day that was there was active", "was_active and not was_there"),
        rules.never("only a day that is there is active", "is_active and not is_there"),
    ]

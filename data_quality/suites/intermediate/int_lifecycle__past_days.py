"""One row per snapshot day, person as known then, and day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__past_days."""
    return [
        rules.filled(
            "select 1 from intermediate.int_users__past_records where entity in ('events', 'orders')",
            "events or orders of people who were others then",
        ),
        rules.columns(["as_of", "user_key", "day", "event_count", "session_count", "is_active"]),
        rules.pseudonymous(),
        # Critical: a snapshot knows nothing that came after it.
        rules.never("of days up to the snapshot", "day > as_of"),
        rules.never("not more sessions than events", "session_count > event_count"),
    ]

"""One row per pair of identifiers that events name together."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "user_id",
    "anonymous_id",
    "feed",
    "first_seen_at",
    "times",
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__event_sightings."""
    return [
        rules.filled("select 1 from staging.stg_events", "staged events"),
        rules.columns(COLUMNS),
        *rules.happened(night, "first_seen_at"),
        # Critical: a pair nobody is in is nobody's.
        rules.never("somebody was seen", "user_id is null and anonymous_id is null"),
    ]

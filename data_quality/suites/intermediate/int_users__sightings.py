"""One row per pair of identifiers seen together, or one seen alone."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__sightings."""
    return [
        rules.filled("select 1 from staging.stg_users", "users"),
        rules.columns(["user_id", "anonymous_id", "entity", "feed", "first_seen_at", "times"]),
        # Critical: a sighting of nobody would be a person without an identifier.
        rules.never("somebody was seen", "user_id is null and anonymous_id is null"),
        *rules.happened(night, "first_seen_at"),
    ]

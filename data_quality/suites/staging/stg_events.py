"""Deduplicated and corrected events."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_events."""
    return [
        *staging_table("events", night, more=("event_key",)),
        # Critical: an event of nobody cannot be in anybody's session.
        rules.never("somebody did it", "user_id is null and anonymous_id is null"),
        rules.between("duration_seconds", 0, None),
    ]

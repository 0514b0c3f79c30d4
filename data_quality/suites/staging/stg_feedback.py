"""Deduplicated and corrected feedback."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_feedback."""
    return [
        *staging_table("feedback", night),
        *rules.happened(night, "responded_at", "resolved_at"),
        # Warning: a score over its own scale is the source's mistake, and stays as given.
        rules.never("score within its scale", "score > score_max or score < 0", "warning"),
    ]

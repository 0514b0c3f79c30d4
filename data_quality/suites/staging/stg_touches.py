"""Deduplicated and corrected touches."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_touches."""
    return [
        *staging_table("touches", night),
        rules.never("somebody was touched", "user_id is null and anonymous_id is null"),
    ]

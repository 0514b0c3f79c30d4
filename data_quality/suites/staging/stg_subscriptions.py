"""Deduplicated and corrected subscriptions."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_subscriptions."""
    return [
        *staging_table("subscriptions", night, more=["is_void"]),
        rules.never("ends after it starts", "ended_at < started_at"),
        # Critical: one of which it is not known would count nowhere.
        *rules.not_null("is_void"),
    ]

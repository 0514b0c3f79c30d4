"""Refused rows counted by feed, entity and reason."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of raw.quarantine."""
    return [
        rules.filled("select 1 from raw.loads where quarantined > 0", "loads with refused rows"),
        rules.columns(["feed", "entity", "reason"], exact=False),
        *rules.not_null("feed", "entity", "reason"),
    ]

"""Deduplicated and corrected spend."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_spend."""
    return [
        *staging_table("spend", night),
        rules.between("amount", 0, None),
        rules.never("no later than the as-of", f"spend_date > {night.as_of_sql}"),
    ]

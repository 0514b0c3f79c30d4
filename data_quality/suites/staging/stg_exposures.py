"""Deduplicated and corrected exposures."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_exposures."""
    return [
        *staging_table("exposures", night, more=["variant_count"]),
        rules.between("variant_count", 1, None),
    ]

"""Deduplicated and corrected identities."""

from __future__ import annotations

from typing import Any

from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_identities."""
    return staging_table("identities", night, more=("is_withdrawn", "is_probabilistic"))

"""Deduplicated and corrected order_items."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_order_items."""
    return [
        *staging_table("order_items", night),
        rules.between("unit_price", 0, None),
    ]

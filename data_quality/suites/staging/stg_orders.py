"""Deduplicated and corrected orders."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_orders."""
    return [
        *staging_table("orders", night),
        *rules.happened(night, "refunded_at"),
        rules.between("refunded_amount", 0, None),
        # Warning: whether the money can be converted is judged where the rates are.
        rules.never("currency is a code", "not regexp_full_match(currency, '[A-Z]{3}')", "warning"),
    ]

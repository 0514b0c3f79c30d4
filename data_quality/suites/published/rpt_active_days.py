"""The public table rpt_active_days, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_active_days"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_active_days in the candidate file."""
    return published_table("rpt_active_days", night)

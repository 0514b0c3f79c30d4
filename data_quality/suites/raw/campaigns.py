"""What the feeds delivered of campaigns."""

from __future__ import annotations

from typing import Any

from data_quality.contracted import raw_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of raw.campaigns."""
    return raw_table("campaigns", night)

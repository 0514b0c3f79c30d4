"""The public table fct_channel_effects, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_channel_effects"
EVIDENCE = "select 1 from marts.fct_attribution"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_channel_effects in the candidate file."""
    return published_table("fct_channel_effects", night, evidence=(EVIDENCE, "attributed conversions"))

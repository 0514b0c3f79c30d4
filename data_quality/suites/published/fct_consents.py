"""The public table fct_consents, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_consents"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_consents in the candidate file."""
    return published_table("fct_consents", night)

"""The public table fct_user_days, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_user_days"
EVIDENCE = "select 1 from marts.fct_events"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_days in the candidate file."""
    return published_table("fct_user_days", night, evidence=(EVIDENCE, "events"))

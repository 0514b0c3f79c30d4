"""The public table fct_user_fatigue, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_user_fatigue"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_fatigue in the candidate file."""
    evidence = ("select 1 from marts.fct_touches where channel is not null", "touches")
    return published_table("fct_user_fatigue", night, evidence=evidence)

"""The public table rpt_retention, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_retention"
EVIDENCE = "select 1 from marts.fct_user_days"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_retention in the candidate file."""
    return published_table("rpt_retention", night, evidence=(EVIDENCE, "active days"))

"""The public table rpt_satisfaction, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_satisfaction"
EVIDENCE = "select 1 from marts.fct_feedback where kind in ('nps', 'csat', 'ces') and score_100 is not null"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_satisfaction in the candidate file."""
    return published_table("rpt_satisfaction", night, evidence=(EVIDENCE, "scored answers"))

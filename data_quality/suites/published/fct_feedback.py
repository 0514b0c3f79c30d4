"""The public table fct_feedback, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_feedback"
EVIDENCE = "select 1 from marts.rpt_satisfaction"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_feedback in the candidate file."""
    return published_table("fct_feedback", night, evidence=(EVIDENCE, "answers"), guests=True)

"""The public table rpt_model_quality, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_model_quality"
EVIDENCE = "select 1 from marts.fct_churn_scores where method not like '%:untested'"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_model_quality in the candidate file."""
    return [
        *published_table("rpt_model_quality", night, evidence=(EVIDENCE, "scores of a tested model")),
        rules.never("a row without a figure says why", "metric = 'none' and decision is null", "warning"),
    ]

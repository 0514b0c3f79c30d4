"""The public table rpt_model_calibration, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_model_calibration"
EVIDENCE = "select 1 from marts.rpt_model_quality where model = 'churn' and metric = 'ece'"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_model_calibration in the candidate file."""
    return [
        *published_table("rpt_model_calibration", night, evidence=(EVIDENCE, "a tested churn model")),
        rules.between("foretold", 0, 1),
        rules.between("happened", 0, 1),
        rules.between("bin", 1, 10),
    ]

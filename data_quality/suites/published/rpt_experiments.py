"""The public table rpt_experiments, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import experiment_reports
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_experiments"
EVIDENCE = "select 1 from marts.rpt_experiment_history where as_of = {day}"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_experiments in the candidate file."""
    evidence = EVIDENCE.format(day=night.as_of_sql)
    return [
        *published_table("rpt_experiments", night, evidence=(evidence, "reports of tonight")),
        *experiment_reports.told_right(),
    ]

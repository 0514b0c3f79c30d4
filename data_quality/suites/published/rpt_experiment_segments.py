"""The public table rpt_experiment_segments, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_experiment_segments"
STRANGE = """
select 1 as offending
from {batch} as cuts
left join marts.rpt_experiments as report
    on
    cuts.experiment_id = report.experiment_id
    and cuts.metric = report.metric
    and cuts.variant = report.variant
where report.experiment_id is null or cuts.units > report.units
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_experiment_segments in the candidate file."""
    return [
        # A tenant may cut by nothing.
        *published_table("rpt_experiment_segments", night, evidence=("select 1 where false", "segments")),
        rules.never("every cut is marked exploratory", "is_exploratory is distinct from true"),
        # Critical: a cut is of people the report counts.
        rules.no_rows("a cut of what is reported", STRANGE),
    ]

"""One row per night, experiment, metric and variant: what was reported that night."""

from __future__ import annotations

from typing import Any

from data_quality import experiment_reports, rules
from data_quality.night import Night
from ml.experiments.tables import TABLES

UNTOLD = """
select 1 as offending
from predictions.rpt_experiments as report
left join {batch} as history
    on
    report.as_of = history.as_of
    and report.experiment_id = history.experiment_id
    and report.metric = history.metric
    and report.variant = history.variant
where
    history.experiment_id is null
    or history.difference is distinct from report.difference
    or history.verdict is distinct from report.verdict
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.rpt_experiment_history."""
    return [
        rules.filled("select 1 from predictions.rpt_experiments", "reports of tonight"),
        rules.columns(TABLES["rpt_experiment_history"]),
        rules.unique("as_of", "experiment_id", "metric", "variant"),
        *rules.not_null("as_of"),
        # Critical: a decision of today must be found again among the numbers of today.
        rules.no_rows("tonight's report is kept as it is", UNTOLD),
        *experiment_reports.told_right(),
    ]

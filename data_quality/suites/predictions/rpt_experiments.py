"""One row per experiment, metric and variant."""

from __future__ import annotations

from typing import Any

from data_quality import experiment_reports, rules
from data_quality.night import Night
from ml.experiments.tables import TABLES

MISCOUNTED = """
select 1 as offending
from {batch} as report
inner join features.ftr_experiment_statistics as statistics
    on
    report.experiment_id = statistics.experiment_id
    and report.metric = statistics.metric
    and report.variant = statistics.variant
    and statistics.segment = 'all'
where report.units <> statistics.units
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.rpt_experiments."""
    evidence = "select 1 from features.ftr_experiment_statistics"
    return [
        rules.filled(evidence, "experiments with people"),
        rules.columns(TABLES["rpt_experiments"]),
        rules.as_of(night),
        rules.unique("experiment_id", "metric", "variant"),
        *rules.not_null("experiment_id", "metric", "variant", "units", "is_valid"),
        rules.no_rows("people are those counted", MISCOUNTED),
        *experiment_reports.told_right(),
    ]

"""One row per experiment, metric, segment, its value, and variant."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from ml.experiments.tables import TABLES


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.rpt_experiment_segments."""
    evidence = (
        "select 1 from features.ftr_experiment_statistics as s inner join predictions.rpt_experiments as r"
        " on s.experiment_id = r.experiment_id and s.metric = r.metric and s.variant = r.variant"
        " where s.segment <> 'all' and not r.is_control"
    )
    return [
        rules.filled(evidence, "segments of experiments"),
        rules.columns(TABLES["rpt_experiment_segments"]),
        rules.as_of(night),
        rules.unique("experiment_id", "metric", "segment", "segment_value", "variant"),
        *rules.not_null("experiment_id", "metric", "segment", "segment_value", "variant", "units"),
        rules.between("p_value", 0, 1),
        rules.never("the lift lies in its interval", "not lift between ci_low and ci_high"),
        # Critical: of twenty cuts one differs by chance, and every reader must be told.
        rules.never("every cut is marked exploratory", "is_exploratory is distinct from true"),
    ]

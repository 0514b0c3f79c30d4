"""One row per experiment, metric and variant, as it is published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from ml.experiments.tables import TABLES

CHANGED = """
(select * from {batch} except all select * from predictions.rpt_experiments)
union all
(select * from predictions.rpt_experiments except all select * from {batch})
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.rpt_experiments."""
    return [
        rules.filled("select 1 from predictions.rpt_experiments", "reports of tonight"),
        rules.columns(TABLES["rpt_experiments"]),
        rules.as_of(night),
        # Critical: a decision is traced to what the model said that day.
        rules.no_rows("nothing but what the model told", CHANGED),
    ]

"""One row per model, night and metric."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

TESTED = """
select 1 from predictions.ml_model_version
where method not in ('none', 'rule:everyone') and method not like '%:untested'
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.ml_metric."""
    return [
        rules.filled(TESTED, "models that were tested"),
        rules.columns(["model", "model_version", "metric", "value", "baseline_value", "as_of"]),
        rules.unique("model", "metric", "as_of"),
        # The table keeps every night's rows. What is reported of it is of this night or a count of
        # offences, so that two histories of the same data report the same.
        rules.never(
            "model, metric and as_of are never null", "model is null or metric is null or as_of is null"
        ),
        # Warning: a measure may be undefined on a small test day, which is worth a look.
        rules.never(
            "values of this night are numbers",
            f"as_of = {night.as_of_sql} and (value is null or isnan(value) or isinf(value))",
            "warning",
        ),
    ]

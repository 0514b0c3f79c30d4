"""The uplift model of this night: better than nothing and than a response model, or the average effect."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"


def expectations(night: Night) -> list[Any]:
    """The rules of the uplift model."""
    return [
        # Critical, the row count: a night without a model, or with two, targets by chance.
        rules.no_rows("the night has one uplift model", model_quality.one_version("uplift", night)),
        rules.columns(model_quality.COLUMNS),
        rules.no_rows("a tested model has its metrics", model_quality.untold("uplift", night)),
        # Critical: a ranking that does not surely find who is moved must not be targeted by.
        rules.no_rows("Qini surely above 0", model_quality.worse("uplift", night, "qini_low", 0)),
        rules.no_rows(
            "Qini surely above the response model's", model_quality.outranked("uplift", night, "qini_low")
        ),
    ]

"""The judge of the experiments of this night."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"


def expectations(night: Night) -> list[Any]:
    """The rules of the experiments model."""
    return [
        # Critical, the row count: a night without one, or with two, judges by chance.
        rules.no_rows("the night has one judge", model_quality.one_version("experiments", night)),
        rules.columns(model_quality.COLUMNS),
        rules.no_rows("a tested model has its metrics", model_quality.untold("experiments", night)),
    ]

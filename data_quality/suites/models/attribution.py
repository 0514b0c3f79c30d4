"""The attribution model of this night: it converts as often as people did."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"


def expectations(night: Night) -> list[Any]:
    """The rules of the attribution model."""
    tonight = f"model = 'attribution' and as_of = {night.as_of_sql}"
    return [
        # Critical, the row count: a night without a model, or with two, credits by chance.
        rules.no_rows("the night has one attribution model", model_quality.one_version("attribution", night)),
        rules.columns(model_quality.COLUMNS),
        rules.no_rows("a tested model has its metrics", model_quality.untold("attribution", night)),
        # Critical: a chain of these transitions ends in a purchase exactly as often as the journeys did.
        rules.never(
            "the chain converts as often as people did",
            f"{tonight} and metric = 'conversion_probability' and abs(value - baseline_value) > 1e-9",
        ),
        rules.never(
            "effects between 0 and 1",
            f"{tonight} and metric like 'removal_effect%' and (value is null or value not between 0 and 1)",
        ),
    ]

"""The value model of this night: tested, no worse than the rule it must beat, and adding up."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"


def expectations(night: Night) -> list[Any]:
    """The rules of the value model."""
    return [
        # Critical, the row count: a night without a model, or with two, forecasts by chance.
        rules.no_rows("the night has one value model", model_quality.one_version("value", night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold("value", night)),
        # Critical: a blend is published because it ranks no worse than BG/NBD and Gamma-Gamma...
        rules.no_rows("ranks no worse than the rule", model_quality.outranked("value", night, "gini")),
        # ... and errs at most 2 % more.
        rules.no_rows("errs little more than the rule", model_quality.beaten("value", night, "rmse", 1.02)),
        # Warning: totals further off than a fifth mislead a budget.
        rules.never("total at most 20 % high", model_quality.above("value", night, "bias", 0.2), "warning"),
        rules.never("total at most 20 % low", model_quality.below("value", night, "bias", -0.2), "warning"),
        # Warning, drift: a ranking that lost this much since the version before met another world.
        rules.no_rows("Gini not 0.1 lower", model_quality.dropped("value", night, "gini", 0.1), "warning"),
    ]

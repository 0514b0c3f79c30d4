"""The model of subscribers' churn of this night: tested, and no worse than the rule it must beat."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"
MODEL = "subscription_churn"
SHARES = ("auc", "brier", "ece", "pr_auc_rarer")


def expectations(night: Night) -> list[Any]:
    """The rules of the model of subscribers' churn."""
    return [
        # Critical, the row count: a night without a model, or with two, scores by chance.
        rules.no_rows("the night has one model of subscribers", model_quality.one_version(MODEL, night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold(MODEL, night)),
        rules.never("shares between 0 and 1", model_quality.outside(MODEL, night, SHARES)),
        # Critical: a learned model is published because it beat the rules out of time.
        rules.no_rows("its error is under the rules'", model_quality.beaten(MODEL, night, "brier")),
        # Critical: a learned ranking worse than chance would target the wrong people.
        rules.no_rows("ranks better than chance", model_quality.worse(MODEL, night, "auc", 0.5)),
        # Warning: probabilities further off mislead whoever multiplies by them.
        rules.never(
            "ECE at most 0.05", model_quality.above(MODEL, night, "ece", model_quality.MOST_ECE), "warning"
        ),
        # Warning, leakage: nobody foretells this well; a feature knows the outcome.
        rules.never("not too good to be true", model_quality.foretold(MODEL, night), "warning"),
        # Warning, drift: a model that lost this much since the version before met another world.
        rules.no_rows("AUC not 0.05 lower", model_quality.dropped(MODEL, night, "auc"), "warning"),
    ]

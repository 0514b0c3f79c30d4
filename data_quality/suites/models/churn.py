"""The churn model of this night: tested, and no worse than the rule it must beat."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"
SHARES = ("auc", "brier", "ece", "pr_auc_rarer")


def expectations(night: Night) -> list[Any]:
    """The rules of the churn model."""
    horizon = night.number("churn.horizon_days", 30)
    return [
        # Critical, the row count: a night without a model, or with two, scores by chance.
        rules.no_rows("the night has one churn model", model_quality.one_version("churn", night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold("churn", night)),
        rules.never("shares between 0 and 1", model_quality.outside("churn", night, SHARES)),
        # Critical: a learned model is published because it beat the rules out of time.
        rules.no_rows("its error is under the rules'", model_quality.beaten("churn", night, "brier")),
        # Critical: a learned ranking worse than chance would target the wrong people.
        rules.no_rows("ranks better than chance", model_quality.worse("churn", night, "auc", 0.5)),
        # Warning: below this the ranking is too weak to spend money on.
        rules.never("AUC at least 0.6", model_quality.below("churn", night, "auc", 0.6), "warning"),
        # Warning: probabilities further off mislead whoever multiplies by them.
        rules.never(
            "ECE at most 0.05", model_quality.above("churn", night, "ece", model_quality.MOST_ECE), "warning"
        ),
        # Warning: a model this near the plain rule hardly earns what it costs to explain.
        rules.no_rows(
            "AUC 0.005 over the best rule's", model_quality.barely("churn", night, "auc", 0.005), "warning"
        ),
        # Critical, leakage: whoever learned from outcomes not yet known was shown guesses.
        rules.no_rows(
            "learned from outcomes that were known", model_quality.unfinished("churn", night, horizon)
        ),
        # Warning, leakage: nobody foretells this well; a feature knows the outcome.
        rules.never("not too good to be true", model_quality.foretold("churn", night), "warning"),
        # Warning, drift: a model that lost this much since the version before met another world.
        rules.no_rows("AUC not 0.05 lower", model_quality.dropped("churn", night, "auc"), "warning"),
    ]

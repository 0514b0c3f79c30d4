"""The propensity model of this night: for each goal tested, and no worse than the rule it must beat."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"
GOALS = ("first_purchase", "next_purchase")
SHARES = [f"{goal}_{metric}" for goal in GOALS for metric in ("auc", "brier", "ece", "pr_auc_rarer")]


def expectations(night: Night) -> list[Any]:
    """The rules of the propensity model."""
    name = "propensity"
    found = [
        # Critical, the row count: a night without a model, or with two, scores by chance.
        rules.no_rows("the night has one propensity model", model_quality.one_version(name, night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold(name, night)),
        rules.never("shares between 0 and 1", model_quality.outside(name, night, SHARES)),
    ]
    for goal in GOALS:
        auc, brier, ece = (f"{goal}_{metric}" for metric in ("auc", "brier", "ece"))
        found += [
            # Critical: a learned model is published because it beat the rules out of time.
            rules.no_rows(f"{goal}: its error is under the rules'", model_quality.beaten(name, night, brier)),
            # Critical: a learned ranking worse than chance would target the wrong people.
            rules.no_rows(f"{goal}: better than chance", model_quality.worse(name, night, auc, 0.5)),
            # Warning: probabilities further off mislead whoever multiplies by them.
            rules.never(
                f"{goal}: ECE at most 0.05",
                model_quality.above(name, night, ece, model_quality.MOST_ECE),
                "warning",
            ),
            # Warning, leakage: nobody foretells this well; a feature knows the outcome.
            rules.never(
                f"{goal}: not too good to be true", model_quality.foretold(name, night, auc), "warning"
            ),
            # Warning, drift: a model that lost this much since the version before met another world.
            rules.no_rows(f"{goal}: AUC not 0.05 lower", model_quality.dropped(name, night, auc), "warning"),
        ]
    return found

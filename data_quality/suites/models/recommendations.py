"""The recommendation model of this night: worth more than the popular, and showing more of the shop."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"
SHARES = ("recall_20", "recall_20_of_most", "ndcg_20", "coverage")


def expectations(night: Night) -> list[Any]:
    """The rules of the recommendation model."""
    name = "recommendations"
    return [
        # Critical, the row count: a night without a model, or with two, recommends by chance.
        rules.no_rows("the night has one recommendation model", model_quality.one_version(name, night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold(name, night)),
        rules.never("shares between 0 and 1", model_quality.outside(name, night, SHARES)),
        # Critical: a model is served because it beat the popular on later days.
        rules.no_rows("NDCG over popularity's", model_quality.outranked(name, night, "ndcg_20")),
        # Warning: the same few items for everybody are no recommendation.
        rules.no_rows(
            "shows a fifth of the items", model_quality.worse(name, night, "coverage", 0.2), "warning"
        ),
        # Warning, drift: a ranking that lost this much since the version before met another world.
        rules.no_rows("NDCG not 0.05 lower", model_quality.dropped(name, night, "ndcg_20"), "warning"),
    ]

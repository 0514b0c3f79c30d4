"""Recommendations: what a person is likely to take next of what they do not have.

Having an item counts once: on earlier cut-offs of public data neither decay nor repetition made EASE better,
and a trend over a week did better than one over a month. Which trend a tenant gets, an earlier split says.

``score`` orders a list, and its whole part is what the place rests on: 0 what is popular, 1 what is popular
in the person's own categories, 2 what the items they took speak for, 3 what they take most (repeat goods).
People who refused personalisation, or of whom nothing is known, get the ``default`` list, the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.
_READS = "ftr_item_days"


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.recommendations.settings import RecommendationSettings

    return RecommendationSettings.of(settings).fitting()


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.recommendations.settings import RecommendationSettings
    from ml.recommendations.training import select

    return select(frames[_READS], RecommendationSettings.of(settings))


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.recommendations.settings import RecommendationSettings
    from ml.recommendations.training import train

    return train(frames[_READS], RecommendationSettings.of(settings))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.recommendations.scoring import score

    return {"fct_recommendations": score(trained, frames, as_of, SPEC.tables["fct_recommendations"])}


SPEC = ModelSpec(
    name="recommendations",
    purpose="personalisation",
    needs=("features.ftr_item_days", "features.ftr_items", "features.ftr_people"),
    whole=frozenset({"features.ftr_people"}),
    tables={
        "fct_recommendations": {
            "user_key": "varchar",
            "rank": "integer",
            "item_id": "varchar",
            "score": "double",
            "method": "varchar",
            "model_version": "varchar",
            "as_of": "date",
        }
    },
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=5,
    # Not the score: one number of whoever has the popular first, it moves for all of them every day.
    watched=Watched(
        "fct_recommendations.method",
        rows=lambda _, lists: lists[lists["rank"] == 1],
        earlier=lambda frames, _: frames,
        asked="ftr_people",
    ),
    trusted=("scipy.sparse._csc.csc_matrix",),
)

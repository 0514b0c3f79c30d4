"""Choose on earlier days, test on later ones against popularity, learn from everything, or serve it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ml import curves, rolling
from ml.recommendations import backtest, weights
from ml.recommendations.actions import clean, taken
from ml.recommendations.settings import RecommendationSettings
from ml.spec import Payload, Trained
from ml.threads import one_thread

_MEASURES = ("recall_20", "recall_20_of_most", "ndcg_20", "coverage")


def select(frame: pd.DataFrame, settings: RecommendationSettings) -> pd.DataFrame:
    """What had been taken by the anchor."""
    return clean(frame, None if settings.anchor is None else pd.Timestamp(settings.anchor))


def train(frame: pd.DataFrame, settings: RecommendationSettings) -> Trained:
    """Fit what the test chose; never raises because of the data."""
    rows = select(frame, settings)
    card: dict[str, Any] = {
        "target": f"items newly taken in the {settings.test_days} days after as_of",
        "population": "everybody; who may not be served personally, or took nothing, gets the popular",
        "training_people": int(rows["user_key"].nunique()),
        "training_items": int(rows["item_id"].nunique()),
    }
    if settings.anchor is not None:
        today = pd.Timestamp(settings.anchor)
    elif rows.empty:
        return Trained(
            "recommendations", {}, "none", _metrics(None), card | {"reason": "nobody took anything"}
        )
    else:
        today = rows["day"].max()
    card["anchor"] = today.strftime("%Y-%m-%d")
    with one_thread():
        tested = backtest.run(rows, today, settings)
        choice, results = tested.choice, tested.results
        method, reason = backtest.choose(results, settings)
        items = np.array(sorted(rows["item_id"].unique()), dtype=object)
        model: Payload = {
            "items": [str(item) for item in items],
            "weights": None,
            "trend": choice.trend,
            "half_life_days": settings.half_life_days,
            "size": settings.items,
            "per_category": settings.per_category,
            "repeat_goods": settings.repeat_goods,
        }
        if not method.startswith("rule:"):
            owned = taken(rows, today, items, settings.half_life_days).owned
            model["weights"] = weights.fit(owned, choice.regularisation, settings)
    if not results.empty:
        card["chosen"] = {"regularisation": choice.regularisation, "trend": choice.trend}
        card |= rolling.told(results)
        told = _metrics(results).itertuples(index=False, name=None)
        card["plots"] = [curves.bars("Lists of 20, the model above popularity", told)]
    if reason:
        card["reason"] = reason
    return Trained("recommendations", model, method, _metrics(results if not results.empty else None), card)


def _metrics(results: pd.DataFrame | None) -> pd.DataFrame:
    """Means over the cuts of the model, popularity's beside them, whichever of the two is published."""
    rows: list[tuple[str, float, float]] = []
    if results is not None:
        ours, popular = rolling.means(results)[list(_MEASURES)].to_numpy(dtype="float64")
        rows = list(zip(_MEASURES, ours, popular, strict=True))
    frame = pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])
    return frame.astype({"value": "float64", "baseline_value": "float64"})

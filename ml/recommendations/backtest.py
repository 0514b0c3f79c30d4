"""Held-back days: what people newly took, and how high it had been ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.recommendations import ranking, weights
from ml.recommendations.actions import TRENDS, Ints, Taken, taken
from ml.recommendations.candidates import Shelf
from ml.recommendations.settings import RecommendationSettings

PLACES = 20
POPULARITY = "rule:popularity"


@dataclass(frozen=True)
class Choice:
    """What an earlier split chose: lambda of EASE, and the trend scores are multiplied by."""

    regularisation: float
    trend: str


@dataclass(frozen=True)
class Split:
    """One day, who knew something by its end, and what they newly took in the days after it."""

    then: Taken
    who: Ints
    truth: Any


def chosen(rows: pd.DataFrame, today: pd.Timestamp, settings: RecommendationSettings) -> Choice:
    """The lambda and trend of best NDCG in the days before ``today``; the usual ones where too few tell."""
    usual = Choice(settings.regularisations[0], "month")
    split = _split(rows, today - pd.Timedelta(days=settings.test_days), settings)
    if split is None:
        return usual
    best, found = usual, -1.0
    lambdas = settings.regularisations
    if weights.method_of(len(split.then.items), settings) != weights.EASE:
        lambdas = lambdas[:1]
    for regularisation in lambdas:
        learned = weights.fit(split.then.owned, regularisation, settings)
        for trend in TRENDS:
            gain = _measured(split, learned, trend)["ndcg_20"]
            if gain > found:
                best, found = Choice(regularisation, trend), gain
    return best


def run(
    rows: pd.DataFrame, today: pd.Timestamp, choice: Choice, settings: RecommendationSettings
) -> pd.DataFrame:
    """Recall, NDCG and coverage of the first 20 of the model and of popularity, over all items.

    One line per candidate, empty when there are too few people to learn from or to test on. A person
    counts who was known before the test days and took something new in them.
    """
    split = _split(rows, today - pd.Timedelta(days=settings.test_days), settings)
    if split is None:
        return pd.DataFrame()
    method = weights.method_of(len(split.then.items), settings)
    learned = weights.fit(split.then.owned, choice.regularisation, settings)
    return pd.DataFrame(
        [
            {"candidate": method} | _measured(split, learned, choice.trend),
            {"candidate": POPULARITY} | _measured(split, None, "none"),
        ]
    )


def _split(rows: pd.DataFrame, cut: pd.Timestamp, settings: RecommendationSettings) -> Split | None:
    from scipy.sparse import csr_matrix

    before = rows[rows["day"] <= cut]
    if before["user_key"].nunique() < settings.min_people:
        return None
    items = np.array(sorted(before["item_id"].unique()), dtype=object)
    then = taken(before, cut, items, settings.half_life_days)
    later = rows[(rows["day"] > cut) & (rows["day"] <= cut + pd.Timedelta(days=settings.test_days))]
    person = pd.Series(np.arange(len(then.people)), index=then.people).reindex(later["user_key"])
    item = pd.Series(np.arange(len(items)), index=items).reindex(later["item_id"])
    known = person.notna().to_numpy() & item.notna().to_numpy()
    at = person.to_numpy()[known].astype(np.int64), item.to_numpy()[known].astype(np.int64)
    truth = csr_matrix((np.ones(int(known.sum())), at), shape=then.owned.shape)
    truth.data[:] = 1.0
    truth = csr_matrix(truth - truth.multiply(then.owned))
    truth.eliminate_zeros()
    who = np.flatnonzero(np.diff(truth.indptr) > 0)
    if len(who) < settings.min_people:
        return None
    if len(who) > settings.max_tested:
        who = np.sort(np.random.default_rng(settings.seed).permutation(who)[: settings.max_tested])
    return Split(then, who, truth)


def _measured(split: Split, learned: Any | None, trend: str) -> dict[str, float]:
    count = len(split.then.items)
    places = min(PLACES, count)
    shelf = Shelf(
        category=np.full(count, -1),
        available=np.ones(count, dtype=bool),
        popularity=ranking.popularity(split.then),
        places=places,
        per_category=places,
        repeats=False,
    )
    discount = 1.0 / np.log2(np.arange(2, PLACES + 2))
    ideal = np.cumsum(discount)
    wanted = np.diff(split.truth.indptr).astype(np.int64)
    hits, gains = np.zeros(len(wanted)), np.zeros(len(wanted))
    shown = np.zeros(count, dtype=bool)
    for found in ranking.lists(split.then, split.who, learned, split.then.trend(trend), shelf):
        hit = np.asarray(split.truth[found.person, found.item]).ravel()
        hits += np.bincount(found.person, hit, minlength=len(wanted))
        gains += np.bincount(found.person, hit * discount[found.rank - 1], minlength=len(wanted))
        shown[found.item] = True
    hits, gains, wanted = hits[split.who], gains[split.who], wanted[split.who]
    most = np.minimum(wanted, PLACES)
    return {
        "recall_20": float((hits / wanted).mean()),
        # Of a hundred items taken no list of twenty holds more than twenty.
        "recall_20_of_most": float((hits / most).mean()),
        "ndcg_20": float((gains / ideal[most - 1]).mean()),
        "coverage": float(shown.mean()),
        "tested_people": float(len(wanted)),
    }


def choose(results: pd.DataFrame, settings: RecommendationSettings) -> tuple[str, str]:
    """The model, if its NDCG is so much better than popularity's; and why not."""
    if results.empty:
        return f"{POPULARITY}:untested", "too few people, or too few who took something new, to test on"
    ours, popular = results.iloc[0], results.iloc[1]
    if not ours["ndcg_20"] >= settings.min_gain * popular["ndcg_20"]:
        return POPULARITY, (
            f"{ours['candidate']} does not reach {settings.min_gain:g} times popularity's NDCG:"
            f" {ours['ndcg_20']:.4f} against {popular['ndcg_20']:.4f}"
        )
    return str(ours["candidate"]), ""

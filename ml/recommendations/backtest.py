"""Held-back days: what people newly took, and how high it had been ranked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ml import rolling
from ml.recommendations import ranking, weights
from ml.recommendations.actions import TRENDS, Ints, Taken, taken
from ml.recommendations.candidates import Shelf
from ml.recommendations.settings import RecommendationSettings
from ml.threads import side_by_side

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


@dataclass(frozen=True)
class Tested:
    """What the cuts said.

    Attributes
    ----------
    choice
        The lambda and trend that the cut before the newest spoke for, with which the newest was tested.
    results
        ``cut`` (1 the newest), ``test_day``, ``candidate``, then the measures: on each cut the model, then
        popularity. Empty when there are too few people to learn from or to test on.
    """

    choice: Choice
    results: pd.DataFrame


def run(rows: pd.DataFrame, today: pd.Timestamp, settings: RecommendationSettings) -> Tested:
    """Rolling origin: on each cut the first 20 of the model and of popularity, over all items.

    A person counts who was known before the test days and took something new in them. On each cut the
    model is of the lambda and trend that did best on the one before it; of the usual ones where that has
    too few people. There are as many cuts as have enough people and are served by the same method.
    """
    is_large = rows["item_id"].nunique() > settings.max_rolled_items
    folds = min(settings.folds, 2) if is_large else settings.folds
    cuts = [today - pd.Timedelta(days=settings.test_days * step) for step in range(1, folds + 2)]

    def every(cut: pd.Timestamp) -> Figures:
        return _figures(rows, cut, settings)

    before = side_by_side(every, cuts[1:])
    choices = [_best(figures, settings) for figures in before]
    newest = _figures(rows, cuts[0], settings, choices[0])
    found: list[dict[str, object]] = []
    tested = zip(cuts, choices, [newest, *before], strict=False)
    for number, (cut, choice, figures) in enumerate(tested, 1):
        if figures.method != newest.method or not figures.by_choice:
            break
        day = {"cut": number, "test_day": cut.strftime("%Y-%m-%d")}
        found.append(day | {"candidate": figures.method} | figures.by_choice[choice])
        found.append(day | {"candidate": POPULARITY} | figures.popularity)
    return Tested(choices[0], pd.DataFrame(found))


@dataclass(frozen=True)
class Figures:
    """The measures of one cut: of the model by its lambda and trend, and of popularity; or none."""

    method: str = ""
    by_choice: dict[Choice, dict[str, float]] = field(default_factory=dict)
    popularity: dict[str, float] = field(default_factory=dict)


def _figures(
    rows: pd.DataFrame, cut: pd.Timestamp, settings: RecommendationSettings, only: Choice | None = None
) -> Figures:
    """Those of every choice, or of ``only`` one; none where there are too few people."""
    split = _split(rows, cut, settings)
    if split is None:
        return Figures()
    method = weights.method_of(len(split.then.items), settings)
    lambdas = settings.regularisations if method == weights.EASE else settings.regularisations[:1]
    asked = [Choice(one, trend) for one in lambdas for trend in TRENDS] if only is None else [only]
    measured = {}
    for regularisation in dict.fromkeys(choice.regularisation for choice in asked):
        learned = weights.fit(split.then.owned, regularisation, settings)
        for choice in asked:
            if choice.regularisation == regularisation:
                measured[choice] = _measured(split, learned, choice.trend)
    return Figures(method, measured, _measured(split, None, "none"))


def _best(figures: Figures, settings: RecommendationSettings) -> Choice:
    """The choice of best NDCG, of equals the first; the usual one where there are no figures."""
    usual = Choice(settings.regularisations[0], "month")
    return max(figures.by_choice, key=lambda one: figures.by_choice[one]["ndcg_20"], default=usual)


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
    """The model, if its NDCG is on the mean of the cuts so much better than popularity's; and why not."""
    if results.empty:
        return f"{POPULARITY}:untested", "too few people, or too few who took something new, to test on"
    means = rolling.means(results)["ndcg_20"]
    model = str(results["candidate"].iloc[0])
    if not means[model] >= settings.min_gain * means[POPULARITY]:
        return POPULARITY, (
            f"{model} does not reach {settings.min_gain:g} times popularity's NDCG:"
            f" {means[model]:.4f} against {means[POPULARITY]:.4f}"
        )
    return model, ""

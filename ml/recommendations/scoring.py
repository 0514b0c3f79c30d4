"""One row per person and rank: their own list, or the one everybody gets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ml.frames import typed
from ml.recommendations import ranking
from ml.recommendations.actions import clean, taken
from ml.recommendations.candidates import Shelf
from ml.spec import Frames, Trained
from ml.threads import one_thread

_TIERS = ("popularity", "category_popularity", "", "own_counts")


def score(trained: Trained, frames: Frames, as_of: date, columns: Mapping[str, str]) -> pd.DataFrame:
    """Lists of ``as_of``; an empty frame when there is no model.

    Whoever the personal frames do not show, because they refused or took nothing, gets the default
    list: the popular, the same for all, which rests on nothing of theirs.
    """
    model = trained.model
    rows = clean(frames["ftr_item_days"], pd.Timestamp(as_of)) if model else None
    if rows is None or rows.empty:
        return typed(columns)
    # Items newer than the model are nobody's neighbours yet, but may be popular.
    old = np.array(model["items"], dtype=object)
    seen = pd.Index(rows["item_id"].unique(), dtype=object)
    # Hashed: numpy would compare each of 200,000 with each.
    newer = np.sort(seen[~seen.isin(old)].to_numpy(dtype=object))
    items = np.concatenate([old, newer])
    now = taken(rows, pd.Timestamp(as_of), items, model["half_life_days"])
    category, available = ranking.categories(items, frames["ftr_items"])
    shelf = Shelf(
        category=category,
        available=available,
        popularity=ranking.popularity(now),
        places=model["size"],
        per_category=model["per_category"],
        repeats=model["repeat_goods"],
    )
    learned = model["weights"]
    if learned is not None:
        learned = learned.copy()
        learned.resize((len(items), len(items)))
    everyone = pd.Index(frames["ftr_people"]["user_key"].dropna().astype(str).unique())
    served = np.flatnonzero(pd.Index(now.people).isin(everyone))
    others = everyone[~everyone.isin(now.people)].to_numpy(dtype=object)
    with one_thread():
        parts = list(ranking.lists(now, served, learned, now.trend(model["trend"]), shelf))
    person, item, points, rank = (
        np.concatenate([getattr(part, name) for part in parts] or [np.empty(0, dtype=kind)])
        for name, kind in (("person", "int64"), ("item", "int64"), ("score", "float64"), ("rank", "int64"))
    )
    plain, worth = ranking.default(shelf)
    names = np.array([name or trained.method for name in _TIERS], dtype=object)
    method = np.concatenate(
        [
            names[np.clip(points.astype(np.int64), 0, 3)],
            np.full(len(plain) * len(others), "default", dtype=object),
        ]
    )
    # Ten rows a person: they are put in order by number, since a row's own text is ten times a number's size.
    keys = np.concatenate([now.people, others])
    who = np.concatenate([person, np.repeat(np.arange(len(now.people), len(keys)), len(plain))])
    rank = np.concatenate([rank, np.tile(np.arange(len(plain)) + 1, len(others))])
    place = np.empty(len(keys), dtype=np.int64)
    place[np.argsort(keys, kind="stable")] = np.arange(len(keys))
    order = np.lexsort((rank, place[who]))
    return typed(
        columns,
        {
            "user_key": keys[who[order]],
            "rank": rank[order],
            "item_id": items[np.concatenate([item, np.tile(plain, len(others))])[order]],
            "score": np.round(np.concatenate([points, np.tile(worth, len(others))])[order], 6),
            "method": method[order],
            "model_version": np.full(len(order), trained.version, dtype=object),
            "as_of": np.full(len(order), pd.Timestamp(as_of).to_datetime64()),
        },
    )

"""Who took what, and how lately: people by items, and the trend of each item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.frames import FloatArray, days, floats

Ints = npt.NDArray[np.int64]
#: Popularity is what these days say.
RECENT = 30
_FADE = 7.0
#: What an item's share of its people lately may do to its score, mildest first.
TRENDS = ("none", "month", "week")


def clean(frame: pd.DataFrame, until: pd.Timestamp | None) -> pd.DataFrame:
    """One row per person, item and day, sorted, none later than ``until``."""
    rows = pd.DataFrame(
        {
            "user_key": frame["user_key"].astype("object"),
            "item_id": frame["item_id"].astype("object"),
            "day": days(frame["day"]),
            "actions": floats(frame["actions"]) if "actions" in frame else 1.0,
        }
    ).dropna()
    rows = rows[rows["actions"] > 0]
    if until is not None:
        rows = rows[rows["day"] <= until]
    rows["user_key"], rows["item_id"] = rows["user_key"].astype(str), rows["item_id"].astype(str)
    keys = ["user_key", "item_id", "day"]
    # An action more or less is one thing twice told: the largest count stands.
    rows = rows.sort_values([*keys, "actions"], kind="stable").drop_duplicates(keys, keep="last")
    return rows.reset_index(drop=True)


@dataclass(frozen=True)
class Taken:
    """People by items on one day.

    Attributes
    ----------
    owned
        1 for each item a person ever took: sparse, columns sorted.
    often
        Of the same pairs the actions, each halved every half-life, on the log scale.
    recent, fading, ever
        People who took each item in the last 30 days; each counted half as much for every week since; at all.
    """

    people: npt.NDArray[np.object_]
    items: npt.NDArray[np.object_]
    owned: Any
    often: Any
    recent: FloatArray
    fading: FloatArray
    ever: FloatArray

    def trend(self, kind: str) -> FloatArray:
        """What is taken more than usual lately is the more worth showing."""
        if kind == "week":
            # Three people more of everything: of what few ever took, one more or less is no trend.
            return np.asarray((self.fading + 3.0) / (self.ever + 10.0))
        if kind == "month":
            return np.asarray(np.sqrt((self.recent + 1.0) / (self.ever + 10.0)))
        return np.ones(len(self.items))


def taken(rows: pd.DataFrame, today: pd.Timestamp, items: npt.NDArray[np.object_], half_life: float) -> Taken:
    """The rows of :func:`clean` up to ``today``, over these items; others are left out."""
    from scipy.sparse import csr_matrix

    number = pd.Series(np.arange(len(items)), index=items)
    place = number.reindex(rows["item_id"]).to_numpy(dtype="float64")
    inside = np.isfinite(place) & (rows["day"] <= today).to_numpy()
    rows, column = rows[inside], place[inside].astype(np.int64)
    person, people = pd.factorize(rows["user_key"])
    age = (today - rows["day"]).dt.days.to_numpy(dtype="float64")
    shape = (len(people), len(items))
    often = csr_matrix((rows["actions"].to_numpy() * 0.5 ** (age / half_life), (person, column)), shape=shape)
    often.sort_indices()
    # Ten of a thing speak louder than one, but not ten times as loud.
    often.data = np.log1p(often.data)
    owned = often.copy()
    owned.data = np.ones(len(owned.data))
    newest = pd.DataFrame({"pair": person * len(items) + column, "age": age}).groupby("pair")["age"].min()
    last, of = newest.to_numpy(), (newest.index.to_numpy() % max(1, len(items))).astype(np.int64)
    return Taken(
        people=np.asarray(people, dtype=object),
        items=items,
        owned=owned,
        often=often,
        recent=np.bincount(of, last < RECENT, minlength=len(items)).astype(np.float64),
        fading=np.bincount(of, 0.5 ** (last / _FADE), minlength=len(items)).astype(np.float64),
        ever=np.bincount(of, minlength=len(items)).astype(np.float64),
    )

"""Purchases as of any past day: what was known of each person then, and what they spent next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.frames import FloatArray, days, floats

Ints = npt.NDArray[np.int64]
WINDOWS = (30, 90, 180, 365)
_EPOCH = pd.Timestamp("1970-01-01")
COLUMNS = ("user_key", "day", "known_day", "orders", "revenue")


@dataclass(frozen=True)
class History:
    """The buyers known on one day, one position each, in the order of their keys.

    Attributes
    ----------
    repeats, recency, age
        Days with a purchase after the first; days from first to last; days since the first.
    purchases, mean
        Days with a purchase, and their mean revenue, refunds known by then taken off.
    features
        What the trees learn from, one row per person.
    """

    people: Ints
    repeats: FloatArray
    recency: FloatArray
    age: FloatArray
    purchases: FloatArray
    mean: FloatArray
    features: FloatArray


@dataclass(frozen=True)
class Purchases:
    """Facts on people and days; ``known`` is when each could first be read."""

    keys: npt.NDArray[np.object_]
    person: Ints
    day: Ints
    known: Ints
    bought: npt.NDArray[np.bool_]
    revenue: FloatArray

    def history(self, today: int) -> History:
        """Everybody who had bought by the end of ``today``, from what was known by then."""
        told = self.known <= today
        bought = told & self.bought
        count = len(self.keys)
        purchases = np.bincount(self.person[bought], minlength=count).astype(np.float64)
        first, last = np.full(count, 2**40), np.full(count, -(2**40))
        np.minimum.at(first, self.person[bought], self.day[bought])
        np.maximum.at(last, self.person[bought], self.day[bought])
        people = np.flatnonzero(purchases > 0)
        n = purchases[people]
        spent = self._sums(told)[people]
        recency, age = (last - first)[people].astype(float), (today - first)[people].astype(float)
        # Refunded to nothing, or below, is no evidence of what a purchase is worth.
        mean = np.maximum(spent, 0.0) / n
        gap = np.where(n > 1, recency / np.maximum(n - 1, 1.0), np.nan)
        columns = [n, recency, age, age - recency, mean, spent, gap, (age - recency) / np.maximum(gap, 1.0)]
        for window in WINDOWS:
            inside = self.day > today - window
            columns.append(np.bincount(self.person[bought & inside], minlength=count)[people])
            columns.append(self._sums(told & inside)[people])
        return History(people, n - 1.0, recency, age, n, mean, np.column_stack(columns))

    def spent(self, people: Ints, after: int, upto: int) -> tuple[FloatArray, FloatArray]:
        """Days with a purchase and net revenue of ``people`` in (after, upto], as known at its end."""
        inside = (self.day > after) & (self.day <= upto) & (self.known <= upto)
        came = np.bincount(self.person[inside & self.bought], minlength=len(self.keys))
        return came[people].astype(np.float64), np.maximum(self._sums(inside)[people], 0.0)

    def _sums(self, rows: npt.NDArray[np.bool_]) -> FloatArray:
        sums = np.bincount(self.person[rows], self.revenue[rows], minlength=len(self.keys))
        return sums.astype(np.float64)


def clean(frame: pd.DataFrame, anchor: int | None) -> pd.DataFrame:
    """One row per person, day and day of knowledge, sorted; nothing known after the anchor.

    What repeats is added up; what has no person, day or finite sum is left out.
    """
    day = days(frame["day"])
    known = days(frame["known_day"]).fillna(day) if "known_day" in frame else day
    rows = pd.DataFrame(
        {
            "user_key": frame["user_key"].astype("object"),
            "day": day,
            "known_day": known.where(known >= day, day),
            "orders": floats(frame["orders"]).fillna(0.0) if "orders" in frame else 1.0,
            "revenue": floats(frame["revenue"]),
        }
    ).dropna()
    if anchor is not None:
        rows = rows[rows["known_day"] <= _EPOCH + pd.Timedelta(days=anchor)]
    rows["user_key"] = rows["user_key"].astype(str)
    rows["person"] = pd.factorize(rows["user_key"], sort=True)[0]
    # Sums of floats depend on their order: sorted by everything, they do not depend on arrival.
    keys = ["person", "day", "known_day"]
    rows = rows.sort_values([*keys, "orders", "revenue"], kind="stable")
    if rows.duplicated(keys).any():
        summed = rows.groupby([*keys, "user_key"], as_index=False, sort=False)[["orders", "revenue"]].sum()
        rows = summed.sort_values(keys, kind="stable")
    return rows[list(COLUMNS)].reset_index(drop=True)


def purchases(rows: pd.DataFrame) -> Purchases:
    """The rows of :func:`clean` as arrays."""
    person, keys = pd.factorize(rows["user_key"])
    return Purchases(
        keys=np.asarray(keys, dtype=object),
        person=person.astype(np.int64),
        day=_ordinals(rows["day"]),
        known=_ordinals(rows["known_day"]),
        bought=rows["orders"].to_numpy(dtype="float64") > 0,
        revenue=rows["revenue"].to_numpy(dtype="float64"),
    )


def ordinal(day: date) -> int:
    """A day as whole days since 1970."""
    return int(np.datetime64(day, "D").astype(np.int64))


def _ordinals(values: pd.Series) -> Ints:
    return np.asarray(values.to_numpy(dtype="datetime64[D]").astype(np.int64))

"""How far what is said of people, and what is known of them, has moved since an earlier day.

References
----------
Population stability index: sum over bins of (now - before) * ln(now / before), the symmetric
Kullback-Leibler divergence (Jeffreys 1946) of binned shares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ml.frames import floats
from ml.spec import Frames, Watched

#: Of fewer people on either day the index is mostly chance: nine times (1/n + 1/m) where nothing moved.
LEAST_PEOPLE = 100
#: More people of the earlier day would sharpen its deciles by less than anybody acts on.
MOST_PEOPLE = 20_000
_DECILES = np.linspace(0.1, 0.9, 9)
_WINDOWED = re.compile(r"_\d+$")
COLUMNS = ("measure", "psi", "people_before", "people")


def psi(before: pd.Series, now: pd.Series) -> float:
    """Population stability index of two samples, 0 where they are distributed alike.

    Numbers are told apart by the deciles of the earlier day, anything else by value; what is unknown
    is a bin of its own. Half a person is added to every bin, so that an empty one is no infinity.
    """
    if pd.api.types.is_numeric_dtype(before) and pd.api.types.is_numeric_dtype(now):
        before, now = floats(before), floats(now)
        edges = np.unique(np.quantile(before.dropna(), _DECILES)) if before.notna().any() else np.zeros(0)
        # What is unknown sorts after every edge and must not be counted among the largest.
        places = [np.where(one.isna(), -1, np.searchsorted(edges, one)) for one in (before, now)]
    else:
        codes, _ = pd.factorize(pd.concat([before, now], ignore_index=True).astype("object"))
        places = [codes[: len(before)], codes[len(before) :]]
    counts = np.array(
        [np.bincount(place + 1, minlength=int(max(map(np.max, places))) + 2) for place in places]
    )
    counts = counts[:, counts.any(axis=0)] + 0.5
    was, is_now = counts / counts.sum(axis=1, keepdims=True)
    return float(np.sum((is_now - was) * np.log(is_now / was)))


def thinned(frames: Frames, asked: str = "") -> dict[str, pd.DataFrame]:
    """The frames, or the one ``asked``, of at most ``MOST_PEOPLE``: the smallest keys, which are random."""
    if asked:
        return {**frames, asked: thinned({asked: frames[asked]})[asked]}
    keyed = [frame["user_key"].dropna().unique() for frame in frames.values() if "user_key" in frame]
    keys = np.unique(np.concatenate(keyed).astype(str)) if keyed else np.zeros(0, dtype=str)
    if len(keys) <= MOST_PEOPLE:
        return dict(frames)
    last = keys[MOST_PEOPLE - 1]
    return {
        name: frame[frame["user_key"].isna() | (frame["user_key"].astype(str) <= last)]
        if "user_key" in frame
        else frame
        for name, frame in frames.items()
    }


def compared(
    watched: Watched,
    before: tuple[Frames, Mapping[str, pd.DataFrame]],
    now: tuple[Frames, Mapping[str, pd.DataFrame]],
) -> pd.DataFrame:
    """The index of a model's score and of its watched features: ``COLUMNS``, one row each.

    Parameters
    ----------
    before, now
        The frames of a day and what the model, the same on both days, makes of them.
    """
    table, column = watched.score.split(".")
    was, is_now = (
        scored[table] if watched.rows is None else watched.rows(frames, scored[table])
        for frames, scored in (before, now)
    )
    rows: list[tuple[str, float, int, int]] = []
    if not watched.per:
        rows += _rows({"score": column}, was, is_now)
    for value in sorted(set(was[watched.per]) & set(is_now[watched.per])) if watched.per else ():
        of_value = [scores[scores[watched.per] == value] for scores in (was, is_now)]
        rows += _rows({f"{value}_score": column}, *of_value)
    by_value = [scores[list(watched.values)].astype("object") for scores in (was, is_now)]
    rows += _rows({f"{name}_score": name for name in watched.values}, *by_value)
    if watched.windows:
        known = [
            frames[watched.windows][frames[watched.windows]["user_key"].isin(scores["user_key"])]
            for frames, scores in ((before[0], was), (now[0], is_now))
        ]
        rows += _rows({name: name for name in known[1].columns if _WINDOWED.search(name)}, *known)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    measures: Mapping[str, str], before: pd.DataFrame, now: pd.DataFrame
) -> list[tuple[str, float, int, int]]:
    people = len(before), len(now)
    if min(people) < LEAST_PEOPLE:
        return []
    return [(name, psi(before[column], now[column]), *people) for name, column in measures.items()]

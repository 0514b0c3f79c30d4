"""Preferences of people over choices: their own, everybody's, and their own drawn towards everybody's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml import measures
from ml.frames import FloatArray

#: Everybody's, one's own, and one's own drawn towards everybody's.
GLOBAL, OWN, SHRUNK = "rule:global", "rule:own", "dirichlet"
#: Occasions of everybody's beside a person's own, tried; the last where nothing can be tried.
PRIORS = (0.1, 0.3, 1.0, 3.0, 10.0)
_LEAST = 1e-3


@dataclass(frozen=True)
class Counts:
    """People by choices, both in order of their names."""

    people: npt.NDArray[np.object_]
    table: FloatArray


def counts(rows: pd.DataFrame, column: str, choices: list[str], people: pd.Index | None = None) -> Counts:
    """Occasions of one column; choices not listed, and people not asked for, are left out."""
    rows = rows[rows["choice"].isin(choices)]
    if people is None:
        people = pd.Index(np.sort(rows["user_key"].unique().astype(object)))
    at = people.get_indexer(pd.Index(rows["user_key"]))
    which = pd.Index(choices).get_indexer(pd.Index(rows["choice"]))
    table = np.zeros((len(people), len(choices)))
    known = at >= 0
    np.add.at(table, (at[known], which[known]), rows[column].to_numpy(dtype="float64")[known])
    return Counts(people.to_numpy(dtype=object), table)


def shares(table: FloatArray) -> FloatArray:
    """Everybody's: each choice's share of all occasions, alike where there are none."""
    total = table.sum(axis=0)
    return np.asarray(total / total.sum()) if total.sum() > 0 else np.full(len(total), 1 / len(total))


def probabilities(method: str, table: FloatArray, everyone: FloatArray, prior: float) -> FloatArray:
    """People by choices.

    Parameters
    ----------
    everyone
        Shares of :func:`shares`.
    prior
        Occasions of everybody's that count beside a person's own.
    """
    if method == GLOBAL:
        return np.tile(everyone, (len(table), 1))
    weight = _LEAST if method == OWN else prior
    return np.asarray((table + weight * everyone) / (table.sum(axis=1, keepdims=True) + weight))


def prior_of(table: FloatArray, everyone: FloatArray) -> float:
    """The prior under which each occasion is likeliest, told from the person's others; the larger of equals.

    It asks nothing of later days, so what is tested on them chose nothing.

    References
    ----------
    Stone (1974), JRSS B 36(2): cross-validatory choice; leaving one occasion out has a closed form here.
    """
    at = np.nonzero(table)
    own, all_own = table[at], table.sum(axis=1)[at[0]]

    def likelihood(prior: float) -> float:
        left = (own - 1 + prior * everyone[at[1]]) / (all_own - 1 + prior)
        return round(float((own * np.log(left)).sum()), 6)

    return max(PRIORS, key=lambda prior: (likelihood(prior), prior))


def measured(p: FloatArray, came: FloatArray) -> dict[str, float]:
    """Hit rate of the likeliest choice and log-loss, occasions weighing equally; its calibration error."""
    foretold, happened = likeliest(p, came)
    hits = (happened * came.sum(axis=1)).sum()
    loss = -(came * np.log(np.maximum(p, 1e-9))).sum()
    return {
        "hit_rate": float(hits / came.sum()),
        "log_loss": float(loss / came.sum()),
        "ece": measures.ece(happened, foretold),
    }


def likeliest(p: FloatArray, came: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of each person the probability of their likeliest choice, and the share of their occasions on it.

    That is the number published of each person, so people weigh equally, however often they came.
    """
    at = np.arange(len(came)), p.argmax(axis=1)
    return p[at], came[at] / came.sum(axis=1)

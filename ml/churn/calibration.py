"""Sigmoid calibration on probabilities of people the learners have not seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from ml.churn.components import learners, logits, parts_of
from ml.frames import FloatArray
from ml.spec import Payload

_FOLDS = 5
#: Two numbers are fitted: more rows than this change them by less than they are uncertain.
MAX_ROWS = 12_000


def unseen(
    x: FloatArray, y: FloatArray, people: npt.NDArray[np.int64], fitted: Payload, seed: int
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Component logits of rows whose person was left out of the fit, and their outcomes.

    All rows of a person share a fold: the same person on two days is nearly the same row.
    """
    order = np.random.default_rng(seed).permutation(int(people.max()) + 1)[people]
    if len(y) > MAX_ROWS:
        kept = order < np.sort(order)[MAX_ROWS]
        x, y, order = x[kept], y[kept], order[kept]
    fold = order % _FOLDS
    found: dict[str, FloatArray] = {}
    for number in range(_FOLDS):
        out = fold == number
        if not out.any() or len(np.unique(y[~out])) < 2:
            continue
        # The rules have two to four parameters: nothing of one person to forget.
        inside = fitted | learners(x[~out], y[~out], seed)
        for name, values in logits(inside, x[out]).items():
            found.setdefault(name, np.full(len(y), np.nan))[out] = values
    return found, y


def sigmoid(
    parts: dict[str, FloatArray], y: FloatArray, candidate: str, fitted: Payload
) -> FloatArray | None:
    """Slope and shift of a candidate's mean logit; None when they cannot be told."""
    names = parts_of(candidate, fitted)
    if not names or not all(name in parts for name in names):
        return None
    mean = np.mean([parts[name] for name in names], axis=0)
    known = np.isfinite(mean)
    mean, truth = mean[known], y[known]
    if len(np.unique(truth)) < 2:
        return None

    def loss(at: FloatArray) -> tuple[float, FloatArray]:
        score = at[0] * mean + at[1]
        gap = expit(score) - truth
        value = np.logaddexp(0.0, score) - truth * score
        return float(value.mean()), np.array([float((gap * mean).mean()), float(gap.mean())])

    bounds = [(0.05, 5.0), (-10.0, 10.0)]
    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype="float64") if np.isfinite(found.fun) else None

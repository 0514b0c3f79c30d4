"""Fits a T-learner, tests it on people it has not seen, and chooses what is published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ml import curves
from ml.frames import FloatArray
from ml.spec import Trained
from ml.uplift.qini import lower_bound, qini
from ml.uplift.rows import matrix

FOLDS, MIN_RESPONDERS = 5, 20
AVERAGE = "rule:average_effect"


def _logistic(x: FloatArray, y: FloatArray) -> FloatArray:
    """Intercept and coefficients on the scale of x."""
    from sklearn.linear_model import LogisticRegression

    centre, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    fitted = LogisticRegression(C=0.1, max_iter=500).fit((x - centre) / scale, y)
    slopes = fitted.coef_[0] / scale
    return np.concatenate([[fitted.intercept_[0] - slopes @ centre], slopes])


def chance(coefficients: FloatArray, x: FloatArray) -> FloatArray:
    """The probability a logistic regression gives each row."""
    return np.asarray(1 / (1 + np.exp(-(coefficients[0] + x @ coefficients[1:]))))


def _pair(x: FloatArray, t: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _logistic(x[t > 0], y[t > 0]), _logistic(x[t == 0], y[t == 0])


def _unseen(x: FloatArray, t: FloatArray, y: FloatArray, seed: int) -> tuple[FloatArray, FloatArray]:
    """Uplift and response of each person by models fitted on the others."""
    fold = np.random.default_rng(seed).permutation(len(y)) % FOLDS
    uplift, response = np.zeros(len(y)), np.zeros(len(y))
    for held in range(FOLDS):
        out, rest = fold == held, fold != held
        new, old = _pair(x[rest], t[rest], y[rest])
        uplift[out] = chance(new, x[out]) - chance(old, x[out])
        response[out] = chance(_logistic(x[rest], y[rest]), x[out])
    return uplift, response


def train(rows: pd.DataFrame, seed: int, min_units: int) -> Trained:
    """The T-learner where it holds the bars, else the average effect, else nothing."""
    nothing = pd.DataFrame(columns=["metric", "value", "baseline_value"])
    if rows.empty:
        reason = f"no experiment is over, valid, of two variants and known of {min_units} people in each"
        return Trained("uplift", {}, "none", nothing, {"reason": reason})
    x, t, y = matrix(rows), rows["treated"].to_numpy(), rows["responded"].to_numpy()
    average = float(y[t > 0].mean() - y[t == 0].mean())
    payload: dict[str, Any] = {"experiment_id": str(rows["experiment_id"].iloc[0]), "average": average}
    card: dict[str, Any] = {"experiment_id": payload["experiment_id"], "people": len(rows)}
    told = [("average_effect", average, 0.0)]
    fewest = min(float(part[kind].sum()) for kind in (t > 0, t == 0) for part in (y, 1 - y))
    if fewest < MIN_RESPONDERS:
        card["reason"] = (
            f"{fewest:.0f} people who bought, or did not, in a variant; {MIN_RESPONDERS} are needed"
        )
        return Trained("uplift", payload, AVERAGE, _metrics(told), card)
    uplift, response = _unseen(x, t, y, seed)
    ours, plain = qini(uplift, t, y), qini(response, t, y)
    low = lower_bound(uplift, t, y, seed=seed)
    told += [("qini", ours, plain), ("qini_low", low, max(plain, 0.0))]
    card["plots"] = [curves.bars("Qini, beside the response model's", told[1:])]
    if low <= max(plain, 0.0):
        card["reason"] = f"Qini's lower bound {low:.5f} is not above 0 and the response model's {plain:.5f}"
        return Trained("uplift", payload, AVERAGE, _metrics(told), card)
    new, old = _pair(x, t, y)
    return Trained("uplift", payload | {"new": new, "old": old}, "t_learner", _metrics(told), card)


def _metrics(told: list[tuple[str, float, float]]) -> pd.DataFrame:
    return pd.DataFrame(told, columns=["metric", "value", "baseline_value"])

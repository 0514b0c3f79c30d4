"""The ways to a probability of buying: two learners and their blend, and the rules they must beat."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit, logit

from ml import bgnbd
from ml.churn.components import learners, logits
from ml.churn.features import COLUMNS, logs
from ml.frames import FloatArray
from ml.propensity.rows import NEXT
from ml.spec import Payload

#: What each candidate averages, on the logit scale.
CANDIDATES: dict[str, tuple[str, ...]] = {
    "logistic": ("logistic",),
    "boosting": ("boosting",),
    "learners": ("logistic", "boosting"),
}
RULES = ("rule:recency", "rule:bgnbd")
_AT = {column: position for position, column in enumerate(COLUMNS)}


def fit(goal: str, x: FloatArray, y: FloatArray, newest: FloatArray, horizon: int, seed: int) -> Payload:
    """Every component that can be fitted; both outcomes are in ``y``.

    Parameters
    ----------
    newest
        Features of one row per person of the goal, what BG/NBD is fitted to.
    """
    found: Payload = learners(x, y, seed)
    found["rule:recency"] = _recency(goal, x, y)
    rates = fit_bgnbd(newest, horizon) if goal == NEXT else None
    if rates is not None:
        found["rule:bgnbd"] = rates
    return found


def fit_bgnbd(x: FloatArray, horizon: int) -> FloatArray | None:
    """BG/NBD on days with a purchase: r, alpha, a, b and the horizon; None when it cannot be fitted."""
    model = bgnbd.fit(*_purchases(x)) if len(x) else None
    return None if model is None else np.array([model.r, model.alpha, model.a, model.b, horizon])


def probabilities(goal: str, fitted: Payload, x: FloatArray) -> dict[str, FloatArray]:
    """Of every candidate and rule that could be fitted."""
    learned = logits({name: fitted[name] for name in ("logistic", "boosting", "used") if name in fitted}, x)
    found = {
        name: np.asarray(expit(np.mean([learned[part] for part in parts], axis=0)))
        for name, parts in CANDIDATES.items()
        if set(parts) <= set(learned)
    }
    if "rule:recency" in fitted:
        intercept, slope = fitted["rule:recency"]
        found["rule:recency"] = np.asarray(expit(intercept + slope * _silence(goal, x)))
    if "rule:bgnbd" in fitted:
        r, alpha, a, b, horizon = (float(one) for one in fitted["rule:bgnbd"])
        model = bgnbd.BgNbd(r, alpha, a, b, 0.0)
        found["rule:bgnbd"] = np.clip(1.0 - model.p_none(*_purchases(x), horizon), 0.0, 1.0)
    return found


def _recency(goal: str, x: FloatArray, y: FloatArray) -> FloatArray:
    """The plain rule: the longer ago, the less likely; one slope and one intercept."""
    from sklearn.linear_model import LogisticRegression

    silent = _silence(goal, x)
    if np.ptp(silent) == 0:
        return np.array([float(logit(np.clip(y.mean(), 1e-6, 1 - 1e-6))), 0.0])
    rule = LogisticRegression(C=1e6, solver="newton-cholesky").fit(silent[:, None], y)
    return np.array([float(rule.intercept_[0]), min(0.0, float(rule.coef_[0, 0]))])


def _silence(goal: str, x: FloatArray) -> FloatArray:
    """Days since the last purchase of buyers, of others since they last did anything, on the log scale."""
    days = x[:, _AT["days_since_last_order" if goal == NEXT else "days_since_last_active"]]
    # Who never did anything has been silent for as long as they are known.
    days = np.where(np.isfinite(days), days, x[:, _AT["tenure_days"]])
    return logs(np.nan_to_num(days, nan=0.0))


def _purchases(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Repeat purchase days, first-to-last time and age of buyers, in days."""
    columns: list[Any] = [
        np.maximum(np.nan_to_num(x[:, _AT[name]], nan=0.0), 0.0)
        for name in ("repeat_purchase_days", "purchase_recency_days", "purchase_age_days")
    ]
    return columns[0], columns[1], np.maximum(columns[2], columns[1])

"""The ways to a churn probability: two learners, two rules, and their blends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, logit

from ml import bgnbd
from ml.churn.features import COLUMNS, HISTORY, histories, logs
from ml.frames import FloatArray
from ml.spec import Payload

#: What each candidate averages, on the logit scale.
CANDIDATES: dict[str, tuple[str, ...]] = {
    "logistic": ("logistic",),
    "boosting": ("boosting",),
    "learners": ("logistic", "boosting"),
    "blend": ("logistic", "boosting", "bgnbd"),
}
#: The rules a candidate must beat, simplest first.
BASELINES = ("recency", "bgnbd")
_RECENCY = COLUMNS.index("days_since_last_active")
#: Positions of the columns each rule reads.
READS = {"recency": frozenset({_RECENCY}), "bgnbd": frozenset(COLUMNS.index(name) for name in HISTORY)}


def fit(x: FloatArray, y: FloatArray, newest: FloatArray, horizon: float, seed: int) -> Payload:
    """Every component that can be fitted.

    Parameters
    ----------
    x, y
        Labelled rows, both classes present.
    newest
        Features of one row per person: what BG/NBD, which needs no labels, is fitted to.
    """
    fitted = learners(x, y, seed)
    fitted["recency"] = _recency(x, y)
    rates = fit_bgnbd(newest, horizon)
    if rates is not None:
        fitted["bgnbd"] = rates
    return fitted


def learners(x: FloatArray, y: FloatArray, seed: int) -> Payload:
    """The components that learn from labels."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    used = np.flatnonzero(_varies(x))
    if len(used) == 0:
        return {}
    logistic = Pipeline(
        [
            ("impute", SimpleImputer(strategy="mean", keep_empty_features=True)),
            ("scale", StandardScaler()),
            ("learn", LogisticRegression(C=0.05, solver="newton-cholesky", max_iter=100)),
        ]
    )
    boosting = HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=60,
        max_leaf_nodes=12,
        min_samples_leaf=max(20, min(200, len(y) // 100)),
        l2_regularization=5.0,
        max_bins=127,
        early_stopping=False,
        random_state=seed,
    )
    return {
        "used": used.astype(np.int64),
        "logistic": logistic.fit(logs(x[:, used]), y),
        "boosting": boosting.fit(x[:, used], y),
    }


def fit_bgnbd(x: FloatArray, horizon: float) -> FloatArray | None:
    """BG/NBD on active days: r, alpha, a, b and the horizon; None when it cannot be fitted."""
    model = bgnbd.fit(*histories(x)) if len(x) else None
    return None if model is None else np.array([model.r, model.alpha, model.a, model.b, horizon])


def _recency(x: FloatArray, y: FloatArray) -> FloatArray:
    """The plain rule: the longer silent, the likelier gone; one slope and one intercept."""
    from sklearn.linear_model import LogisticRegression

    days = _silence(x)
    if np.ptp(days) == 0:
        return np.array([float(logit(np.clip(y.mean(), 1e-6, 1 - 1e-6))), 0.0])
    rule = LogisticRegression(C=1e6, solver="newton-cholesky").fit(days[:, None], y)
    # A rule that read silence as loyalty would be a finding about the data, not a rule.
    slope = max(0.0, float(rule.coef_[0, 0]))
    return np.array([float(rule.intercept_[0]), slope])


def _silence(x: FloatArray) -> FloatArray:
    days = x[:, _RECENCY]
    known = np.isfinite(days)
    return logs(np.where(known, days, np.median(days[known]) if known.any() else 0.0))


def _varies(x: FloatArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Columns with two different known values, or known for some and not for others."""
    known = np.isfinite(x)
    some = known.any(axis=0)
    low = np.where(known, x, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, x, -np.inf).max(axis=0, initial=-np.inf)
    return np.asarray(some & ((high > low) | ~known.all(axis=0)))


def _logistic(fitted: Payload, x: FloatArray) -> FloatArray:
    return np.asarray(fitted["logistic"].decision_function(logs(x[:, fitted["used"]])))


def _boosting(fitted: Payload, x: FloatArray) -> FloatArray:
    return np.asarray(fitted["boosting"].decision_function(x[:, fitted["used"]]))


def _bgnbd(fitted: Payload, x: FloatArray) -> FloatArray:
    r, alpha, a, b, horizon = (float(one) for one in fitted["bgnbd"])
    repeats, span, age = histories(x)
    model = bgnbd.BgNbd(r, alpha, a, b, 0.0)
    p = model.p_none(repeats, span, np.nan_to_num(age), horizon)
    return np.asarray(logit(np.clip(p, 1e-6, 1 - 1e-6)))


def _rule(fitted: Payload, x: FloatArray) -> FloatArray:
    intercept, slope = fitted["recency"]
    return np.asarray(intercept + slope * _silence(x))


_LOGITS: dict[str, Callable[[Payload, FloatArray], FloatArray]] = {
    "logistic": _logistic,
    "boosting": _boosting,
    "bgnbd": _bgnbd,
    "recency": _rule,
}


def contributions(fitted: Payload, x: FloatArray) -> FloatArray:
    """What each column adds to the logistic logit, in the columns of ``x``; the shift left out."""
    steps = fitted["logistic"].named_steps
    used = fitted["used"]
    scaled = steps["scale"].transform(steps["impute"].transform(logs(x[:, used])))
    found = np.zeros_like(x)
    found[:, used] = scaled * steps["learn"].coef_[0]
    return found


def logits(fitted: Payload, x: FloatArray) -> dict[str, FloatArray]:
    """Each fitted component's logit of churn."""
    return {name: one(fitted, x) for name, one in _LOGITS.items() if name in fitted}


def parts_of(candidate: str, fitted: Payload) -> tuple[str, ...]:
    """What a candidate or baseline averages, leaving out what could not be fitted."""
    return tuple(part for part in CANDIDATES.get(candidate, (candidate,)) if part in fitted)


def blend(parts: list[FloatArray], calibration: FloatArray | None) -> FloatArray:
    """Probability from the mean of logits, stretched and shifted when calibrated."""
    mean = np.mean(parts, axis=0)
    if calibration is not None:
        mean = calibration[0] * mean + calibration[1]
    return np.asarray(expit(mean))

"""The ways to a subscriber's probability of leaving: the learners of churn, and the rules to beat."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from ml.churn import calibration
from ml.churn.components import blend, learners, logits
from ml.churn.features import logs
from ml.frames import FloatArray
from ml.spec import Payload
from ml.subscription_churn.rows import TENURE

#: What each candidate averages, on the logit scale.
CANDIDATES: dict[str, tuple[str, ...]] = {
    "logistic": ("logistic",),
    "boosting": ("boosting",),
    "learners": ("logistic", "boosting"),
}
RATE, BY_TENURE = "rule:rate", "rule:tenure"


def fit(x: FloatArray, y: FloatArray, people: np.ndarray, seed: int) -> Payload:
    """Every learner, rule and calibration that labelled rows of both outcomes allow."""
    fitted: Payload = learners(x, y, seed)
    found: Payload = {"fitted": fitted, RATE: rate(y), BY_TENURE: _by_tenure(x, y), "calibrations": {}}
    if "logistic" in fitted:
        parts, truth = calibration.unseen(x, y, people, fitted, seed)
        known = {name: calibration.sigmoid(parts, truth, name, fitted) for name in CANDIDATES}
        found["calibrations"] = {name: one for name, one in known.items() if one is not None}
    return found


def rate(y: FloatArray) -> FloatArray:
    """Logit of the share that left, half a person added to both sides; no slope."""
    return np.array([float(logit((y.sum() + 0.5) / (len(y) + 1.0))), 0.0])


def _by_tenure(x: FloatArray, y: FloatArray) -> FloatArray:
    """The longer it has run, the likelier it goes on: one slope, one intercept."""
    from sklearn.linear_model import LogisticRegression

    days = _tenure(x)
    if np.ptp(days) == 0:
        return rate(y)
    rule = LogisticRegression(C=1e6, solver="newton-cholesky").fit(days[:, None], y)
    return np.array([float(rule.intercept_[0]), float(rule.coef_[0, 0])])


def _tenure(x: FloatArray) -> FloatArray:
    return logs(np.nan_to_num(x[:, TENURE], nan=0.0))


def probabilities(found: Payload, x: FloatArray) -> dict[str, FloatArray]:
    """Of every candidate, plain and ``+sigmoid``, and of every rule."""
    learned = logits(found["fitted"], x)
    told: dict[str, FloatArray] = {}
    for name, parts in CANDIDATES.items():
        if set(parts) <= set(learned):
            told[name] = blend([learned[part] for part in parts], None)
            if name in found["calibrations"]:
                told[f"{name}+sigmoid"] = blend(
                    [learned[part] for part in parts], found["calibrations"][name]
                )
    for name in (RATE, BY_TENURE):
        if name in found:
            intercept, slope = found[name]
            told[name] = np.asarray(expit(intercept + slope * _tenure(x)))
    return told


def kept(found: Payload, chosen: str) -> Payload:
    """Only what the chosen candidate or rule needs."""
    name, _, calibrated = chosen.partition("+")
    parts = CANDIDATES.get(name, ())
    fitted = {part: found["fitted"][part] for part in (*parts, "used")} if parts else {}
    rules = {} if parts else {name: found[name]}
    return {
        "fitted": fitted,
        "calibrations": {name: found["calibrations"][name]} if calibrated else {},
        **rules,
    }

"""The two ways a forecast is made: BG/NBD x Gamma-Gamma, and trees in two steps (a hurdle)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ml import bgnbd, gamma_gamma
from ml.frames import FloatArray
from ml.spec import Payload
from ml.value.purchases import History

_TREES: dict[str, Any] = {
    "learning_rate": 0.06,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
_STAGES = 60
#: A share lost per purchase below which nobody is ever lost: the plain NBD.
_NO_LOSS = 1e-3


def fit_rates(now: History) -> Payload | None:
    """BG/NBD and Gamma-Gamma of everybody known today; None when either has no fit."""
    rates = bgnbd.fit(now.repeats, now.recency, now.age)
    worth = gamma_gamma.fit(now.purchases, now.mean)
    if rates is None or worth is None:
        return None
    return {
        "bgnbd": [rates.r, rates.alpha, rates.a, rates.b, rates.log_likelihood],
        "gamma_gamma": [worth.p, worth.q, worth.v, worth.log_likelihood],
        "nbd": bool(rates.a / (rates.a + rates.b) < _NO_LOSS),
    }


def by_rates(fitted: Payload, now: History, horizon: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Probability of being alive, expected purchases in the horizon, worth of one."""
    rates = bgnbd.BgNbd(*fitted["bgnbd"])
    worth = gamma_gamma.GammaGamma(*fitted["gamma_gamma"]).expected(now.purchases, now.mean)
    if fitted["nbd"]:
        # Without loss the fit tells nothing of who is gone; its pace is that of the plain NBD.
        pace = (rates.r + now.repeats) / (rates.alpha + now.age)
        return np.ones(len(pace)), pace * horizon, worth
    alive = rates.p_alive(now.repeats, now.recency, now.age)
    return alive, rates.expected(now.repeats, now.recency, now.age, horizon), worth


def inputs(fitted: Payload, now: History, horizon: float) -> FloatArray:
    """What the trees learn from: the history on the log scale, and what the rates say of it."""
    alive, coming, worth = by_rates(fitted, now, horizon)
    logs = np.sign(now.features) * np.log1p(np.abs(now.features))
    return np.column_stack([logs, alive, coming, np.log1p(worth), np.log1p(coming * worth)])


def usual(fitted: Payload, now: History, horizon: float) -> FloatArray:
    """What the rates say is spent by those who spend at all."""
    _, coming, worth = by_rates(fitted, now, horizon)
    return np.asarray(worth * coming / -np.expm1(-np.maximum(coming, 1e-9)))


def fit_hurdle(x: FloatArray, spent: FloatArray, usually: FloatArray, seed: int) -> Payload:
    """Whether anything is spent, and how many times the usual if so.

    Trees cannot reach beyond what they saw: told as a multiple, the largest customers stay large.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    paid = spent > 0
    # The gamma loss works on the mean itself: a log target would have to be turned back, at a bias.
    return {
        "whether": HistGradientBoostingClassifier(random_state=seed, max_iter=_STAGES, **_TREES).fit(x, paid),
        "amount": HistGradientBoostingRegressor(
            loss="gamma", random_state=seed, max_iter=_STAGES, **_TREES
        ).fit(x[paid], spent[paid] / usually[paid]),
    }


def by_hurdle(fitted: Payload, x: FloatArray, usually: FloatArray) -> FloatArray:
    """Expected spend of the horizon."""
    return np.asarray(fitted["whether"].predict_proba(x)[:, 1] * fitted["amount"].predict(x) * usually)

"""How well a ranking finds the people a treatment moves."""

from __future__ import annotations

import numpy as np

from ml.frames import FloatArray


def qini(
    score: FloatArray, treated: FloatArray, responded: FloatArray, weights: FloatArray | None = None
) -> float:
    """Area between the gain of treating the best ranked first and that of treating anybody, per person.

    Parameters
    ----------
    weights
        How often each person counts; once each by default.

    References
    ----------
    Radcliffe (2007), Using control groups to target on predicted lift.
    """
    w = np.ones(len(score)) if weights is None else weights
    order = np.argsort(-score, kind="stable")
    w, t, y = w[order], treated[order], responded[order]
    of_treated, of_control = np.cumsum(w * t), np.cumsum(w * (1 - t))
    gain = np.cumsum(w * t * y) - np.cumsum(w * (1 - t) * y) * of_treated / np.maximum(of_control, 1e-9)
    # Before the first of the control nothing can be compared.
    gain = np.where(of_control > 0, gain, 0.0)
    everybody = float(w.sum())
    line = gain[-1] * np.cumsum(w) / everybody
    return float(((gain - line) * w).sum() / everybody**2)


def lower_bound(
    score: FloatArray,
    treated: FloatArray,
    responded: FloatArray,
    *,
    seed: int,
    draws: int = 300,
    level: float = 0.05,
) -> float:
    """Bootstrap lower bound of the Qini, people drawn with replacement."""
    rng = np.random.default_rng(seed)
    n = len(score)
    even = np.full(n, 1 / n)
    found = [qini(score, treated, responded, rng.multinomial(n, even).astype(float)) for _ in range(draws)]
    return float(np.quantile(found, level / 2))

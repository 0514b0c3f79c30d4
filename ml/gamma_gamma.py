"""Gamma-Gamma: what a purchase of a person is worth, drawn towards everyone's the less is known.

References
----------
Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from ml.frames import FloatArray

# Below q = 1 the mean does not exist.
_BOUNDS = [(-5.0, 7.0), (np.log(1.05), 6.0), (-7.0, 9.0)]
_LEAST = 5


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters; ``v`` is in the unit of money the data came in."""

    p: float
    q: float
    v: float
    log_likelihood: float

    def expected(self, purchases: FloatArray, mean: FloatArray) -> FloatArray:
        """Expected worth of one purchase, given how many there were and their mean; 0: everyone's."""
        known = np.where(purchases > 0, purchases * mean, 0.0)
        return np.asarray(self.p * (self.v + known) / (self.p * purchases + self.q - 1.0), dtype=np.float64)


def fit(purchases: FloatArray, mean: FloatArray) -> GammaGamma | None:
    """Maximum likelihood fit.

    Parameters
    ----------
    purchases, mean
        Purchases of each person and their mean worth; who has none, or none above 0, is left out.

    Returns
    -------
    GammaGamma or None
        None when fewer than five people are left.
    """
    usable = np.isfinite(purchases) & np.isfinite(mean) & (purchases > 0) & (mean > 0)
    if int(usable.sum()) < _LEAST:
        return None
    x, m = purchases[usable], mean[usable]
    scale = float(m.mean())
    found = minimize(
        _negative,
        np.array([1.0, 1.0, 1.0]),
        args=(x, m / scale),
        jac=True,
        method="L-BFGS-B",
        bounds=_BOUNDS,
        options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
    )
    if not np.isfinite(found.fun):
        return None
    p, q, v = np.exp(found.x)
    total = -float(found.fun) * len(x) - float(np.log(scale)) * len(x)
    return GammaGamma(float(p), float(q), float(v * scale), total)


def _negative(logs: FloatArray, x: FloatArray, m: FloatArray) -> tuple[float, FloatArray]:
    """Mean negative log-likelihood and its gradient in the logs of the parameters."""
    p, q, v = np.exp(logs)
    px = p * x
    whole = np.log(x * m + v)
    value = (
        gammaln(px + q)
        - gammaln(px)
        - gammaln(q)
        + q * np.log(v)
        + px * np.log(x * m)
        - np.log(m)
        - (px + q) * whole
    )
    by_p = x * (digamma(px + q) - digamma(px) + np.log(x * m) - whole)
    by_q = digamma(px + q) - digamma(q) + np.log(v) - whole
    by_v = q / v - (px + q) / (x * m + v)
    gradient = np.array([by_p.mean() * p, by_q.mean() * q, by_v.mean() * v])
    return -float(value.mean()), -gradient

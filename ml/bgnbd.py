"""BG/NBD: how often people come, and whether they still do, from three numbers each.

References
----------
Fader, Hardie, Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2):
the likelihood, and equation (10) for what is still to come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, expit, gammaln, hyp2f1

from ml.frames import FloatArray

_BOUNDS = [(-9.0, 9.0), (-9.0, 12.0), (-9.0, 7.0), (-9.0, 9.0)]
_STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.0, 0.7, -0.7, 1.0))


@dataclass(frozen=True)
class BgNbd:
    """Fitted parameters; ``alpha`` is in the unit of time the data came in.

    ``a`` near zero means nobody is ever lost after a purchase: the model is then the plain NBD.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    @property
    def is_nbd(self) -> bool:
        """True when the fit found no loss of customers at all."""
        return self.a / (self.a + self.b) < 1e-4

    def p_alive(self, x: FloatArray, recency: FloatArray, age: FloatArray) -> FloatArray:
        """Probability that each person has not left, at age ``age``."""
        log_odds_gone = (
            np.log(self.a)
            - np.log(self.b + np.maximum(x, 1.0) - 1.0)
            + (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + recency))
        )
        return np.asarray(np.where(x > 0, expit(-log_odds_gone), 1.0), dtype=np.float64)

    def p_none(self, x: FloatArray, recency: FloatArray, age: FloatArray, horizon: float) -> FloatArray:
        """Probability of no purchase in the next ``horizon``.

        Not ``1 - p_alive``: somebody alive may still stay away that long.
        """
        log_silent = (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + age + horizon))
        return 1.0 + self.p_alive(x, recency, age) * np.expm1(log_silent)

    def expected(self, x: FloatArray, recency: FloatArray, age: FloatArray, horizon: float) -> FloatArray:
        """Expected purchases of each person in the next ``horizon``."""
        # Equation (10) divides by a - 1; a step beside the gap changes nothing that can be seen.
        a = self.a + 1e-6 if abs(self.a - 1.0) < 1e-6 else self.a
        reach = self.alpha + age + horizon
        with np.errstate(all="ignore"):
            silent = np.exp((self.r + x) * (np.log(self.alpha + age) - np.log(reach)))
            series = hyp2f1(self.r + x, self.b + x, a + self.b + x - 1.0, horizon / reach)
            staying = (a + self.b + x - 1.0) / (a - 1.0) * (1.0 - silent * series)
        # Never more than from somebody who cannot leave, which is also what remains where the series fails.
        most = (self.r + x) / (self.alpha + age) * horizon
        staying = np.where(np.isfinite(staying) & (staying >= 0), np.minimum(staying, most), most)
        return np.asarray(self.p_alive(x, recency, age) * staying, dtype=np.float64)


def fit(x: FloatArray, recency: FloatArray, age: FloatArray) -> BgNbd | None:
    """Maximum likelihood fit.

    Parameters
    ----------
    x, recency, age
        Repeat purchases, time from first to last, time from first to the end of observation.

    Returns
    -------
    BgNbd or None
        None when the likelihood has no usable maximum (nobody came twice, nothing but ties).
    """
    usable = np.isfinite(x) & np.isfinite(recency) & np.isfinite(age) & (age > 0)
    rows = np.column_stack([x, recency, age])[usable]
    if len(rows) == 0 or not (rows[:, 0] > 0).any():
        return None
    # People with the same three numbers share one row: the cost follows the distinct histories.
    distinct, weight = np.unique(rows, axis=0, return_counts=True)
    scale = float(np.average(distinct[:, 2], weights=weight)) / 10.0
    x_, recency_, age_ = distinct[:, 0], distinct[:, 1] / scale, distinct[:, 2] / scale
    args = (x_, np.minimum(recency_, age_), age_, weight / weight.sum())
    best = None
    for start in _STARTS:
        found = minimize(
            _negative,
            np.array(start),
            args=args,
            jac=True,
            method="L-BFGS-B",
            bounds=_BOUNDS,
            options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
        )
        if np.isfinite(found.fun) and (best is None or found.fun < best.fun - 1e-10):
            best = found
    if best is None:
        return None
    r, alpha, a, b = np.exp(best.x)
    # Rescaling time shifts the log-likelihood by ln(scale) for each purchase.
    total = -best.fun * weight.sum() - float(np.log(scale) * (x_ * weight).sum())
    return BgNbd(float(r), float(alpha * scale), float(a), float(b), float(total))


def _negative(
    logs: FloatArray, x: FloatArray, recency: FloatArray, age: FloatArray, weight: FloatArray
) -> tuple[float, FloatArray]:
    """Mean negative log-likelihood and its gradient in the logs of the parameters."""
    r, alpha, a, b = np.exp(logs)
    again = x > 0
    before = np.maximum(x, 1.0) - 1.0
    log_age, log_recency = np.log(alpha + age), np.log(alpha + recency)
    stayed = -(r + x) * log_age
    left = np.where(again, np.log(a) - np.log(b + before) - (r + x) * log_recency, -np.inf)
    either = np.logaddexp(stayed, left)
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    dropout = gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
    value = -float(weight @ (rate + dropout + either))

    p_stayed, p_left = np.exp(stayed - either), np.exp(left - either)
    by_r = digamma(r + x) - digamma(r) + np.log(alpha) - p_stayed * log_age - p_left * log_recency
    by_alpha = r / alpha - (r + x) * (p_stayed / (alpha + age) + p_left / (alpha + recency))
    shared = digamma(a + b) - digamma(a + b + x)
    by_a = shared + p_left / a
    by_b = shared + digamma(b + x) - digamma(b) - p_left / (b + before)
    gradient = np.array([weight @ by_r, weight @ by_alpha, weight @ by_a, weight @ by_b])
    return value, -gradient * np.array([r, alpha, a, b])

"""Two variants compared: the difference, the lift, and how sure one may be, now or at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, nan, sqrt
from typing import Literal

from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from ml.experiments.moments import Mean

Of = Literal["share", "mean", "ratio"]
FEWEST = 5


@dataclass(frozen=True)
class Comparison:
    """Treatment less control. What cannot be said is NaN.

    Attributes
    ----------
    difference, low, high, p
        Difference of the means, its confidence interval, two-sided p-value at a fixed horizon.
    lift, lift_low, lift_high
        The difference over the control's mean, which is above zero or there is no lift.
    always_low, always_high, always_p
        Interval and p-value that hold however often one looks; no interval and 1 under
        :func:`is_enough`.
    is_enough
        Whether so many did it that a verdict may rest on the tests.
    """

    difference: float = nan
    low: float = nan
    high: float = nan
    p: float = nan
    lift: float = nan
    lift_low: float = nan
    lift_high: float = nan
    always_low: float = nan
    always_high: float = nan
    always_p: float = nan
    is_enough: bool = False


def compare(control: Mean, treatment: Mean, *, alpha: float, tau: float, of: Of) -> Comparison:
    """Compare two variants.

    A share, and a ratio, whose delta method is one of large samples, by z; a mean by Welch's t.
    Without any variance there is a difference and no test of it.

    Parameters
    ----------
    tau
        See :func:`mixture`.
    of
        A share where each person is yes or no.
    """
    difference = treatment.value - control.value
    lift = difference / control.value if control.value > 0 else nan
    if not (control.variance >= 0 and treatment.variance >= 0):
        return Comparison(difference, lift=lift)
    variance = control.variance + treatment.variance
    if variance <= 0:
        return Comparison(difference, lift=lift)
    error = sqrt(variance)
    if of != "mean":
        critical = float(ndtri(1 - alpha / 2))
        p = 2 * float(ndtr(-abs(difference) / error))
    else:
        freedom = welch_freedom(control, treatment)
        critical = float(stdtrit(freedom, 1 - alpha / 2))
        p = 2 * float(stdtr(freedom, -abs(difference) / error))
    lift_low, lift_high = lift_interval(control, treatment, critical)
    width = mixture(control, treatment, tau, of)
    enough = is_enough(control, of) and is_enough(treatment, of)
    at_a_look = max(variance, pooled(control, treatment))
    always = always_reach(at_a_look, width, alpha) if enough else nan
    return Comparison(
        difference,
        difference - critical * error,
        difference + critical * error,
        p,
        lift,
        lift_low,
        lift_high,
        difference - always,
        difference + always,
        always_valid_p(difference, at_a_look, width) if enough else 1.0,
        enough,
    )


def is_enough(mean: Mean, of: Of) -> bool:
    """Whether a variant's own variance can be believed: five people did it, and five did not.

    A small arm in which nobody has bought yet seems to have no variance, and looking on would find that
    sooner or later: one arm of ten, at a share of 1 %, is called different by chance in 30 % of
    experiments instead of in 5. Of a mean, people are counted as if all who did it did it alike.

    References
    ----------
    Brown, Cai, DasGupta (2001), Interval estimation for a binomial proportion: the rule of five.
    """
    if of == "ratio":
        return True
    if of == "share":
        return min(mean.value, 1 - mean.value) * mean.units >= FEWEST - 1e-9
    square, spread = mean.value * mean.value, mean.spread * (mean.units - 1) / mean.units
    return spread > 0 and square * mean.units >= (FEWEST - 1e-9) * (square + spread)


def pooled(control: Mean, treatment: Mean) -> float:
    """Variance of the difference if one person varies alike in both variants, as without an effect.

    At an early look a small arm that has done little by chance also seems to vary little, so by its own
    variance looking on finds it different too often; a test at any time takes the larger of the two.
    """
    people = control.units + treatment.units
    spread = (control.spread * control.units + treatment.spread * treatment.units) / people
    return spread * (1 / control.units + 1 / treatment.units)


def lift_interval(control: Mean, treatment: Mean, critical: float) -> tuple[float, float]:
    """Fieller's interval of the treatment's mean over the control's, less one.

    It leaves zero out exactly when the test of the difference rejects. NaN where the control's mean
    is not surely above zero: the lift may then be anything.
    """
    square = critical * critical
    sure = control.value**2 - square * control.variance
    if control.value <= 0 or sure <= 0:
        return nan, nan
    inside = treatment.value**2 * control.variance + treatment.variance * sure
    reach = critical * sqrt(inside)
    middle = treatment.value * control.value
    return (middle - reach) / sure - 1, (middle + reach) / sure - 1


def welch_freedom(control: Mean, treatment: Mean) -> float:
    """Degrees of freedom of Welch's t by Satterthwaite."""
    total = control.variance + treatment.variance
    parts = control.variance**2 / (control.units - 1) + treatment.variance**2 / (treatment.units - 1)
    return total * total / parts


def mixture(control: Mean, treatment: Mean, tau: float, of: Of) -> float:
    """Standard deviation of the effects the always-valid test is tuned to, in the metric's unit.

    `tau` is of a share, 0.01 being one point. One person's share deviates by at most a half, so
    metrics in other units are measured in twice their standard deviation.
    """
    if of == "share":
        return tau
    people = control.units + treatment.units
    return tau * 2 * sqrt((control.spread * control.units + treatment.spread * treatment.units) / people)


def always_valid_p(difference: float, variance: float, width: float) -> float:
    """One over the mixture likelihood ratio of the sequential probability ratio test (mSPRT).

    Under no difference it falls below alpha, at any look ever taken, with chance alpha at most.

    References
    ----------
    Johari, Koomen, Pekelis, Walsh (2022), Always valid inference: continuous monitoring of A/B tests.
    """
    prior = width * width
    against = log((variance + prior) / variance) / 2
    evidence = prior * difference * difference / (2 * variance * (variance + prior))
    return min(1.0, exp(against - evidence)) if against < evidence else 1.0


def always_reach(variance: float, width: float, alpha: float) -> float:
    """Half the width of the interval whose outside the always-valid test rejects at alpha."""
    prior = width * width
    return sqrt(
        variance * (variance + prior) / prior * (log((variance + prior) / variance) + 2 * log(1 / alpha))
    )


def ratio_mismatch_p(units: Sequence[float], shares: Sequence[float]) -> float:
    """Chi-square p-value that the split is the intended one; NaN without units or a split of two."""
    total, whole = sum(units), sum(shares)
    if len(units) < 2 or total <= 0 or whole <= 0 or min(shares) <= 0:
        return nan
    statistic = sum(
        (seen - total * share / whole) ** 2 / (total * share / whole)
        for seen, share in zip(units, shares, strict=True)
    )
    return float(chdtrc(len(units) - 1, statistic))


def step_up(values: Sequence[float]) -> list[float]:
    """Benjamini-Hochberg adjusted p-values; NaN stays NaN and is no member of the family."""
    order = sorted((p, place) for place, p in enumerate(values) if p == p)
    found = [nan] * len(values)
    lowest = 1.0
    for rank in range(len(order), 0, -1):
        p, place = order[rank - 1]
        # Multiplied and divided by the same number, p may come back a hair smaller.
        lowest = min(lowest, max(p, p * len(order) / rank))
        found[place] = lowest
    return found

"""From the sums of one variant to what is known of its mean."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Sums:
    """Sufficient statistics of one variant and metric.

    Attributes
    ----------
    units
        People with a value.
    y, yy
        Sum of the metric, and of its square.
    x, xx, xy
        The same of what stands beside it: the days before the exposure, or a ratio's denominator.
    """

    units: float
    y: float
    yy: float
    x: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.units + other.units,
            self.y + other.y,
            self.yy + other.yy,
            self.x + other.x,
            self.xx + other.xx,
            self.xy + other.xy,
        )

    @classmethod
    def of_mean(cls, units: float, mean: float, variance: float) -> Sums:
        """From a mean and a sample variance, as many publish them."""
        return cls(units, units * mean, variance * (units - 1) + units * mean * mean)


@dataclass(frozen=True)
class Mean:
    """A mean, and how far off it may be.

    Attributes
    ----------
    value
        The mean (or ratio).
    variance
        Of the mean, not of people; NaN under two people.
    units
        People it was taken over.
    """

    value: float
    variance: float
    units: float

    @property
    def spread(self) -> float:
        """Variance of one person."""
        return self.variance * self.units

    @property
    def is_known(self) -> bool:
        return isfinite(self.value) and isfinite(self.variance) and self.variance > 0


NOTHING = Mean(float("nan"), float("nan"), 0.0)
# Below this share of the squares a variance is what rounding left, not people who differ.
_ROUNDING = 1e-12


def _deviations(square: float, left: float, right: float, units: float) -> float:
    """Sum of products of deviations from the means."""
    return square - left * right / units


def plain(sums: Sums) -> Mean:
    """Mean per person."""
    if sums.units < 1:
        return NOTHING
    value = sums.y / sums.units
    if sums.units < 2:
        return Mean(value, float("nan"), sums.units)
    squares = _deviations(sums.yy, sums.y, sums.y, sums.units)
    squares = 0.0 if squares <= _ROUNDING * sums.yy else squares
    return Mean(value, squares / (sums.units - 1) / sums.units, sums.units)


def ratio(sums: Sums) -> Mean:
    """A sum over another sum, its variance by the delta method.

    Both vary from person to person, and together: people, not orders, were drawn by lot.
    """
    if sums.units < 1 or sums.x <= 0:
        # People there were, whatever they did.
        return Mean(float("nan"), float("nan"), max(sums.units, 0.0))
    value = sums.y / sums.x
    if sums.units < 2:
        return Mean(value, float("nan"), sums.units)
    squares = (
        _deviations(sums.yy, sums.y, sums.y, sums.units)
        - 2 * value * _deviations(sums.xy, sums.x, sums.y, sums.units)
        + value * value * _deviations(sums.xx, sums.x, sums.x, sums.units)
    )
    squares = 0.0 if squares <= _ROUNDING * sums.yy else squares
    per_unit = sums.x / sums.units
    return Mean(value, squares / (sums.units - 1) / sums.units / (per_unit * per_unit), sums.units)


def slope(arms: list[Sums]) -> float:
    """CUPED's theta: how much of the metric follows from the days before, within variants.

    0 where the days before say nothing, so that nothing is adjusted.

    References
    ----------
    Deng, Xu, Kohavi, Walker (2013), Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data.
    """
    known = [arm for arm in arms if arm.units >= 2]
    together = sum(_deviations(arm.xy, arm.x, arm.y, arm.units) for arm in known)
    spread = sum(_deviations(arm.xx, arm.x, arm.x, arm.units) for arm in known)
    if spread <= _ROUNDING * sum(arm.xx for arm in known) or spread <= 0:
        return 0.0
    return together / spread


def adjusted(sums: Sums, theta: float, usual: float) -> Mean:
    """The mean had the variant's people been before the exposure what all people were.

    Parameters
    ----------
    theta
        See :func:`slope`, of all variants together.
    usual
        Mean of the days before, over all variants.
    """
    if sums.units < 2:
        return plain(sums)
    n = sums.units
    value = sums.y / n - theta * (sums.x / n - usual)
    squares = (
        _deviations(sums.yy, sums.y, sums.y, n)
        - 2 * theta * _deviations(sums.xy, sums.x, sums.y, n)
        + theta * theta * _deviations(sums.xx, sums.x, sums.x, n)
    )
    squares = 0.0 if squares <= _ROUNDING * sums.yy else squares
    return Mean(value, squares / (n - 1) / n, n)

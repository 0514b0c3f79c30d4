"""Before an experiment: how many people it needs, and how many days until so many have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from scipy.special import ndtri


@dataclass(frozen=True)
class Baseline:
    """A metric as it is today.

    Attributes
    ----------
    mean, deviation
        Of one person.
    reduction
        Share of the variance that the days before the exposure explain.
    is_share
        Whether people are yes or no, so that the variance follows from the mean.
    """

    mean: float
    deviation: float
    reduction: float = 0.0
    is_share: bool = False


def people_needed(baseline: Baseline, lift: float, *, share: float, alpha: float, power: float) -> int:
    """People in all variants together, for a two-sided test at a fixed horizon.

    Parameters
    ----------
    lift
        The smallest one worth finding, relative to the mean: 0.05 is five percent.
    share
        Of the people, those who get the new variant.
    power
        Chance to find a lift that large.

    Raises
    ------
    ValueError
        Nothing to find, or nothing to find it in.
    """
    if baseline.mean <= 0 or baseline.deviation <= 0:
        raise ValueError("nobody does it yet, so no lift over it can be found")
    if lift == 0 or lift <= -1:
        raise ValueError("a lift is any number above -1 but 0, such as 0.05 for five percent more")
    if not (0 < share < 1 and 0 < alpha < 1 and 0 < power < 1):
        raise ValueError("share, alpha and power lie between 0 and 1")
    treated = baseline.mean * (1 + lift)
    before = after = baseline.deviation**2
    if baseline.is_share:
        if treated >= 1:
            raise ValueError(f"{treated:.0%} is more than everybody")
        after = treated * (1 - treated)
    reach = float(ndtri(1 - alpha / 2) + ndtri(power))
    spread = (before / (1 - share) + after / share) * (1 - baseline.reduction)
    return ceil(reach**2 * spread / (baseline.mean * lift) ** 2)


def days_needed(people: int, newcomers: Sequence[int]) -> int | None:
    """Days until so many have come.

    Parameters
    ----------
    newcomers
        People seen for the first time on each day of a past stretch, from its first day on. After
        its end they go on coming as in its last week; None where nobody came in it.
    """
    come = 0
    for day, new in enumerate(newcomers, start=1):
        come += new
        if come >= people:
            return day
    last = newcomers[-7:]
    if not sum(last):
        return None
    return len(newcomers) + ceil((people - come) * len(last) / sum(last))

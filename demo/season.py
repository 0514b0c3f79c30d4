"""How the calendar moves people: weekdays, the year, shopping festivals and the New Year lull."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.plan import Floats, Plan

WEEKDAY = np.array([0.95, 0.93, 0.95, 0.97, 1.03, 1.12, 1.10])  # Monday first
MONTH = np.array([1.0, 0.92, 1.02, 1.0, 1.04, 1.06, 1.0, 0.98, 1.0, 1.02, 1.06, 1.02])
AFTER = 60  # days beyond the plan, for what lies ahead of its last day
# First day of the lunar year: the country travels, parcels rest.
LUNAR_NEW_YEAR = (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6))


@dataclass(frozen=True)
class Season:
    """Multipliers per day.

    Attributes
    ----------
    visits, purchases : ndarray of shape (days + AFTER,)
        On the odds of a visit, and of a purchase once there.
    festival : ndarray of shape (days + AFTER,)
        0 on an ordinary day, 1 on the top day of a festival.
    """

    visits: Floats
    purchases: Floats
    festival: Floats


def festival_strength(day: date) -> float:
    """How strongly 6.18 and 11.11 are felt on a day, 0 to 1."""
    if day.month == 11 and day.day <= 11:
        return 1.0 if day.day == 11 else 0.25 + 0.03 * day.day
    if day.month == 6 and day.day <= 18:
        return 0.9 if day.day == 18 else 0.15 + 0.02 * day.day
    return 0.0


def _lull(day: date) -> float:
    return 0.62 if any(-4 <= (day - new_year).days <= 6 for new_year in LUNAR_NEW_YEAR) else 1.0


def season_of(plan: Plan) -> Season:
    """The multipliers of every day of a plan, and of some after it."""
    dates = [plan.date_of(day) for day in range(plan.days + AFTER)]
    festival = np.array([festival_strength(day) for day in dates])
    base = np.array([WEEKDAY[day.weekday()] * MONTH[day.month - 1] * _lull(day) for day in dates])
    return Season(
        visits=base * (1 + 0.7 * festival),
        purchases=np.array([_lull(day) for day in dates]) * (1 + 1.3 * festival),
        festival=festival,
    )

"""The five kinds of people planted in the world, and how each behaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plan import Floats

LEVELS = ("fading", "steady", "keen")  # then LAPSED, the fourth state of the weekly chain
LAPSED = 3
LEVEL_VISITS = np.array([0.28, 1.0, 1.9])
LEVEL_HAZARD = np.array([4.5, 1.0, 0.3])
# Weekly moves between levels of those who stay.
LEVEL_MOVES = np.array([[0.80, 0.18, 0.02], [0.09, 0.83, 0.08], [0.02, 0.18, 0.80]])
NEWCOMER_WEEKS = 5
NEWCOMER_HAZARD = 1.7


@dataclass(frozen=True)
class Archetype:
    """One planted segment.

    Attributes
    ----------
    visits : float
        Chance of a visit on an ordinary day at the steady level.
    buys : float
        Chance of an order on a day visited.
    reads : float
        Share of content among what is looked at.
    actions : float
        Mean events of a session.
    hazard, comeback : float
        Weekly chance of lapsing at the steady level, and of returning once lapsed.
    promo : float
        Power put on the season's multipliers: 2 means festivals count double.
    """

    key: str
    name_en: str
    name_zh: str
    share: float
    visits: float
    buys: float
    reads: float
    actions: float
    hazard: float
    comeback: float
    promo: float
    subscribes: float


ARCHETYPES = (
    Archetype("loyal", "Loyal regulars", "忠实买家", 0.14, 0.085, 0.28, 0.15, 4.3, 0.005, 0.020, 0.8, 0.20),
    Archetype(
        "bargain", "Festival hunters", "大促囤货", 0.20, 0.032, 0.20, 0.10, 4.6, 0.009, 0.018, 2.2, 0.03
    ),
    Archetype("reader", "Content readers", "内容读者", 0.18, 0.075, 0.03, 0.75, 4.1, 0.010, 0.012, 0.5, 0.12),
    Archetype("casual", "Casual browsers", "随便逛逛", 0.26, 0.030, 0.10, 0.35, 3.7, 0.016, 0.009, 1.0, 0.02),
    Archetype(
        "taster", "One-time tasters", "浅尝辄止", 0.22, 0.055, 0.12, 0.35, 3.4, 0.110, 0.004, 1.0, 0.00
    ),
)


def column(name: str) -> Floats:
    """One number per archetype, in the order of ``ARCHETYPES``."""
    return np.array([getattr(kind, name) for kind in ARCHETYPES])

"""What could be known at best: everyone's true chance of silence, from the hidden chain."""

from __future__ import annotations

import numpy as np

from demo.archetypes import LAPSED, LEVEL_MOVES
from demo.behaviour import ABSENT, Behaviour, comebacks, hazards, visit_chances
from demo.people import People
from demo.plan import Floats, Plan
from demo.season import AFTER, Season


def silence(
    plan: Plan, people: People, season: Season, behaviour: Behaviour, day: int, horizon: int
) -> Floats:
    """Chance that a person has no visit in the `horizon` days after the end of `day`.

    Exact, not sampled: the chain is walked backwards over the weeks of the horizon. No model that
    sees only what people did can rank them better on average, so the AUC of this is the ceiling.

    Parameters
    ----------
    day : int
        Day of the plan at whose end the chance is taken.
    horizon : int
        Days looked ahead, at most ``season.AFTER`` beyond the plan.

    Returns
    -------
    ndarray of shape (people,)
        NaN for people not seen by the end of `day`.
    """
    if not 0 <= day < plan.days or day + horizon >= plan.days + AFTER:
        raise ValueError(f"day {day} + {horizon} lies outside the plan's {plan.days} days")
    count = len(people)
    first, last = (day + 1) // 7, (day + horizon) // 7
    silent = np.ones((count, LAPSED + 1))
    for week in range(last, first - 1, -1):
        if week < last:
            silent = _step(people, season, week, silent)
        span = slice(max(week * 7, day + 1), min(week * 7 + 7, day + horizon + 1))
        chance = visit_chances(people, season, span)
        silent[:, :LAPSED] *= np.prod(1 - chance, axis=2).T
    state = behaviour.level[day // 7].astype(np.int64)
    if first > day // 7:  # the day ends its week: the move to the next one is still open
        silent = _step(people, season, day // 7, silent)
    out = silent[np.arange(count), np.where(state == ABSENT, LAPSED, state)]
    unseen = (state == ABSENT) | (people.start > day)
    return np.where(unseen, np.nan, out)


def _step(people: People, season: Season, week: int, later: Floats) -> Floats:
    """The chance at the start of the move out of `week`, given the chances after it."""
    hazard = hazards(people, week)
    stay = later[:, :LAPSED] @ LEVEL_MOVES.T
    back = comebacks(people, season, week)
    lapsed = (1 - back) * later[:, LAPSED] + back * later[:, 1]
    alive = hazard * later[:, LAPSED : LAPSED + 1] + (1 - hazard) * stay
    return np.column_stack([alive, lapsed])

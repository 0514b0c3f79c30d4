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
    later = _by_state(plan, people, season, day, horizon)
    state = behaviour.level[day // 7].astype(np.int64)
    out = later[np.arange(len(people)), np.where(state == ABSENT, LAPSED, state)]
    unseen = (state == ABSENT) | (people.start > day)
    return np.where(unseen, np.nan, out)


def foreseeable(
    plan: Plan, people: People, season: Season, behaviour: Behaviour, day: int, horizon: int
) -> Floats:
    """The same chance for one who knows everyone's own rates and has seen every visit, not the hidden level.

    The chain is filtered forwards on the days visited. It knows more than any table tells of a person, so
    the AUC of this bounds that of every model; parameters and result as in :func:`silence`.
    """
    count = len(people)
    visited = np.zeros((count, plan.days), dtype=bool)
    visited[behaviour.person, behaviour.day] = True
    belief = np.zeros((count, LAPSED + 1))
    for week in range(day // 7 + 1):
        arriving = people.start // 7 == week
        belief[arriving] = [0.0, 0.75, 0.25, 0.0]
        span = slice(week * 7, min(week * 7 + 7, day + 1))
        chance = visit_chances(people, season, span)
        came = visited[None, :, span]
        told = (np.arange(span.start, span.stop)[None] > people.start[:, None])[None]
        fits = np.where(told, np.where(came, chance, 1 - chance), 1.0).prod(axis=2).T
        gone = np.where((came & told)[0].any(axis=1), 0.0, 1.0)
        belief *= np.column_stack([fits, gone])
        belief /= np.maximum(belief.sum(axis=1, keepdims=True), 1e-300)
        if week < day // 7:
            belief = _onwards(people, season, week, belief)
    out = (belief * _by_state(plan, people, season, day, horizon)).sum(axis=1)
    unseen = (behaviour.level[day // 7] == ABSENT) | (people.start > day)
    return np.where(unseen, np.nan, out)


def _onwards(people: People, season: Season, week: int, belief: Floats) -> Floats:
    """Where people stand a week later, as far as that can be believed."""
    hazard, back = hazards(people, week), comebacks(people, season, week)
    here, lapsed = belief[:, :LAPSED], belief[:, LAPSED]
    moved = (here * (1 - hazard)) @ LEVEL_MOVES
    moved[:, 1] += lapsed * back
    return np.column_stack([moved, lapsed * (1 - back) + (here * hazard).sum(axis=1)])


def _by_state(plan: Plan, people: People, season: Season, day: int, horizon: int) -> Floats:
    """Chance of a silent horizon by the state at the end of ``day``: people by states."""
    if not 0 <= day < plan.days or day + horizon >= plan.days + AFTER:
        raise ValueError(f"day {day} + {horizon} lies outside the plan's {plan.days} days")
    first, last = (day + 1) // 7, (day + horizon) // 7
    silent = np.ones((len(people), LAPSED + 1))
    for week in range(last, first - 1, -1):
        if week < last:
            silent = _step(people, season, week, silent)
        span = slice(max(week * 7, day + 1), min(week * 7 + 7, day + horizon + 1))
        chance = visit_chances(people, season, span)
        silent[:, :LAPSED] *= np.prod(1 - chance, axis=2).T
    if first > day // 7:  # the day ends its week: the move to the next one is still open
        silent = _step(people, season, day // 7, silent)
    return silent


def _step(people: People, season: Season, week: int, later: Floats) -> Floats:
    """The chance at the start of the move out of `week`, given the chances after it."""
    hazard = hazards(people, week)
    stay = later[:, :LAPSED] @ LEVEL_MOVES.T
    back = comebacks(people, season, week)
    lapsed = (1 - back) * later[:, LAPSED] + back * later[:, 1]
    alive = hazard * later[:, LAPSED : LAPSED + 1] + (1 - hazard) * stay
    return np.column_stack([alive, lapsed])

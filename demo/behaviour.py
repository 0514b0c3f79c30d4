"""Who comes on which day: a weekly chain of engagement levels and lapses, and days drawn from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.archetypes import (
    LAPSED,
    LEVEL_HAZARD,
    LEVEL_MOVES,
    LEVEL_VISITS,
    NEWCOMER_HAZARD,
    NEWCOMER_WEEKS,
    column,
)
from demo.people import IMPORTED, People
from demo.plan import Floats, Ints, Plan
from demo.season import Season

ABSENT = -1  # before the first visit


@dataclass(frozen=True)
class Behaviour:
    """The hidden course of everyone and the days it shows.

    Attributes
    ----------
    level : ndarray of shape (weeks, people)
        ABSENT, an engagement level, or LAPSED, for the whole of a week.
    person, day : ndarray of shape (visits,)
        One row per person and active day, by person and day.
    """

    level: np.ndarray
    person: Ints
    day: Ints


def hazards(people: People, week: int) -> Floats:
    """Chance of lapsing at the end of a week, by level.

    Returns
    -------
    ndarray of shape (people, levels)
    """
    tenure = week - people.start // 7
    newcomer = np.where(tenure < NEWCOMER_WEEKS, NEWCOMER_HAZARD, 1.0)
    base = column("hazard")[people.archetype] * people.frailty * newcomer
    return np.minimum(base[:, None] * LEVEL_HAZARD, 0.9)


def comebacks(people: People, season: Season, week: int) -> Floats:
    """Chance of a lapsed person being back the next week; festivals call people back."""
    days = season.festival[(week + 1) * 7 : (week + 2) * 7]
    pull = 1 + 2.0 * (float(days.max()) if len(days) else 0.0)
    return np.minimum(column("comeback")[people.archetype] * pull, 0.9)


def visit_chances(people: People, season: Season, days: slice) -> Floats:
    """Chance of a visit per day at each level.

    Returns
    -------
    ndarray of shape (levels, people, days)
    """
    weather = season.visits[days][None, :] ** column("promo")[:, None]
    personal = people.visits[:, None] * weather[people.archetype]
    return np.minimum(LEVEL_VISITS[:, None, None] * personal[None], 0.95)


def behaviour_of(plan: Plan, people: People, season: Season) -> Behaviour:
    """Run the weekly chain and draw the days visited."""
    rng, count = plan.rng("behaviour"), len(people)
    seen = people.standing != IMPORTED
    moves = np.cumsum(LEVEL_MOVES, axis=1)
    level = np.full((plan.weeks, count), ABSENT, dtype=np.int8)
    now = np.full(count, ABSENT, dtype=np.int8)
    persons, days = [], []
    for week in range(plan.weeks):
        arriving = seen & (people.start // 7 == week)
        now[arriving] = np.where(rng.random(int(arriving.sum())) < 0.25, 2, 1)
        level[week] = now
        span = slice(week * 7, min(week * 7 + 7, plan.days))
        length = span.stop - span.start
        here = (now != ABSENT) & (now != LAPSED)
        chance = visit_chances(people, season, span)[np.where(here, now, 0), np.arange(count)]
        today = span.start + np.arange(length)[None, :]
        come = (rng.random((count, length)) < chance) & here[:, None] & (today > people.start[:, None])
        come |= seen[:, None] & (today == people.start[:, None])
        who, which = np.nonzero(come)
        persons.append(who)
        days.append(which + span.start)
        now = _next(now, hazards(people, week), comebacks(people, season, week), moves, rng)
    person, day = np.concatenate(persons), np.concatenate(days)
    order = np.lexsort((day, person))
    return Behaviour(level=level, person=person[order], day=day[order])


def _next(
    now: np.ndarray, hazard: Floats, comeback: Floats, moves: Floats, rng: np.random.Generator
) -> np.ndarray:
    count = len(now)
    fate, step = rng.random(count), rng.random(count)
    alive = (now != ABSENT) & (now != LAPSED)
    at = np.where(alive, now, 0)
    moved = (step[:, None] > moves[at]).sum(axis=1).astype(np.int8)
    after = np.where(alive, np.where(fate < hazard[np.arange(count), at], LAPSED, moved), now)
    return np.where((now == LAPSED) & (fate < comeback), 1, after).astype(np.int8)

"""Who comes on which day: a habit each, kept or broken by what the person has visibly done before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.archetypes import FADING, KEEN, LAPSED, LEVEL_VISITS, STEADY, column
from demo.people import IMPORTED, MEMBER, People
from demo.plan import Flags, Floats, Ints, Plan
from demo.season import Season

ABSENT = -1  # before the first visit
WEEKS_SEEN = 4  # whose visits tell keen from steady
SOONEST, LATEST = 10, 70  # days of silence that break anybody's habit
LET_DOWN = 0.012  # of visits, and what it does to the habit for how many days
LET_DOWN_VISITS, LET_DOWN_DAYS = 0.55, 35
NEVER_YET = -1000  # a day before all that matters


@dataclass(frozen=True)
class Behaviour:
    """The course of everyone and the days it shows.

    Attributes
    ----------
    level : ndarray of shape (weeks, people)
        ABSENT, an engagement level, or LAPSED, for the whole of a week.
    hazard : ndarray of shape (weeks, people)
        Chance, as the week begins, of being LAPSED when it ends; NaN for who is already, or not yet there.
    person, day : ndarray of shape (visits,)
        One row per person and active day, by person and day.
    let_down : ndarray of shape (visits,)
        Visits after which something went wrong: an order comes back, or a complaint is made.
    """

    level: np.ndarray
    hazard: np.ndarray
    person: Ints
    day: Ints
    let_down: Flags


@dataclass
class Seen:
    """What a week's level hangs on, all of it visible: one position per person.

    Attributes
    ----------
    last, hurt : ndarray
        Day of the latest visit, and of the latest one that let the person down.
    recent : ndarray of shape (WEEKS_SEEN, people)
        Visits of the latest whole weeks, oldest first.
    """

    last: Ints
    hurt: Ints
    recent: Ints

    def pass_week(self, visits: Ints) -> None:
        self.recent = np.vstack([self.recent[1:], visits[None]])


def limits(people: People) -> Floats:
    """Days of silence that break each person's habit: some of their own usual gaps."""
    gaps = column("patience")[people.archetype] / people.visits
    return np.clip(gaps, SOONEST, LATEST)


def levels(people: People, seen: Seen, day: int) -> np.ndarray:
    """Everyone's level in the week that begins on ``day``, from the visits before it."""
    silent, limit = day - seen.last, limits(people)
    often = seen.recent.sum(axis=0) > 1 + 1.4 * 7 * WEEKS_SEEN * people.visits
    now = np.where(silent > limit / 2, FADING, np.where(often, KEEN, STEADY))
    return np.where(silent > limit, LAPSED, now).astype(np.int8)


def visit_chances(people: People, season: Season, days: slice, level: np.ndarray, hurt: Ints) -> Floats:
    """Chance of a visit on each day of a week, given the week's levels; festivals call the lapsed back.

    Returns
    -------
    ndarray of shape (people, days)
    """
    sore = days.start - hurt < LET_DOWN_DAYS
    habit = people.visits * LEVEL_VISITS[np.minimum(level, KEEN)] * np.where(sore, LET_DOWN_VISITS, 1.0)
    pull = 1 + 2.0 * season.festival[days]
    lapsed = column("comeback")[people.archetype][:, None] * pull
    chance = np.where((level == LAPSED)[:, None], lapsed, habit[:, None]) * season.visits[days]
    return np.minimum(chance, 0.95)


def behaviour_of(plan: Plan, people: People, season: Season) -> Behaviour:
    """Live week by week: what was done before sets the level, the level the chances of the days."""
    rng, count = plan.rng("behaviour"), len(people)
    real, complains = people.standing != IMPORTED, people.standing == MEMBER
    seen = nothing_seen(count)
    level = np.full((plan.weeks, count), ABSENT, dtype=np.int8)
    hazard = np.full((plan.weeks, count), np.nan, dtype=np.float32)
    limit = limits(people)
    persons: list[Ints] = []
    days: list[Ints] = []
    wrongs: list[Flags] = []
    for week in range(plan.weeks):
        span = slice(week * 7, min(week * 7 + 7, plan.days))
        today = np.arange(span.start, span.stop)
        arriving = real & (people.start // 7 == week)
        now = np.where(arriving, STEADY, levels(people, seen, span.start))
        here = real & (people.start < span.stop)
        level[week] = np.where(here, now, ABSENT)
        chance = visit_chances(people, season, span, now, seen.hurt)
        after = today > people.start[:, None]
        come = (rng.random(chance.shape) < chance) & here[:, None] & after
        come |= (real & arriving)[:, None] & (today == people.start[:, None])
        latest = np.where(arriving, people.start, seen.last)
        breaks = here & (now != LAPSED) & (span.start + 7 - latest > limit)
        silent = np.where(after, 1 - chance, 1.0).prod(axis=1)
        hazard[week] = np.where(here & (now != LAPSED), np.where(breaks, silent, 0.0), np.nan)
        who, which = np.nonzero(come)
        wrong = complains[who] & (rng.random(len(who)) < LET_DOWN)
        np.maximum.at(seen.last, who, today[which])
        np.maximum.at(seen.hurt, who[wrong], today[which[wrong]])
        seen.pass_week(come.sum(axis=1))
        persons.append(who)
        days.append(today[which])
        wrongs.append(wrong)
    person, day = np.concatenate(persons), np.concatenate(days)
    order = np.lexsort((day, person))
    return Behaviour(level, hazard, person[order], day[order], np.concatenate(wrongs)[order])


def nothing_seen(count: int) -> Seen:
    """Before anybody has come."""
    never = np.full(count, NEVER_YET)
    return Seen(never.copy(), never.copy(), np.zeros((WEEKS_SEEN, count), dtype=np.int64))

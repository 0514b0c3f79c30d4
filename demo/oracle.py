"""What could be known at best: everyone's true chance of silence, from the generator's own rules."""

from __future__ import annotations

import numpy as np

from demo.behaviour import WEEKS_SEEN, Behaviour, Seen, levels, nothing_seen, visit_chances
from demo.people import IMPORTED, People
from demo.plan import Floats, Plan
from demo.season import AFTER, Season


def silence(
    plan: Plan, people: People, season: Season, behaviour: Behaviour, day: int, horizon: int
) -> Floats:
    """Chance that a person has no visit in the `horizon` days after the end of `day`.

    Exact, not sampled: a week's chances hang on the visits before it, and silence is one course of
    them. Only people's own habits are hidden, so the AUC of this is the ceiling of every model's.

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
    now, end = day // 7, day + horizon + 1
    seen = _seen(people, behaviour, now * 7)
    silent = np.ones(len(people))
    for week in range(now, (end - 1) // 7 + 1):
        level = levels(people, seen, week * 7) if week > now else behaviour.level[now]
        chance = visit_chances(people, season, slice(week * 7, week * 7 + 7), level, seen.hurt)
        ahead = slice(max(day + 1 - week * 7, 0), min(end - week * 7, 7))
        silent *= np.prod(1 - chance[:, ahead], axis=1)
        if week == now:  # what this week has shown counts from the next one on
            seen = _seen(people, behaviour, day + 1)
        else:
            seen.pass_week(np.zeros(len(people), dtype=np.int64))
    return np.where((people.standing == IMPORTED) | (people.start > day), np.nan, silent)


def _seen(people: People, behaviour: Behaviour, before: int) -> Seen:
    """What the visits before a day have shown, by the weeks that end with the one of the day before it."""
    seen, last_week = nothing_seen(len(people)), (before - 1) // 7
    past = behaviour.day < before
    person, day, wrong = behaviour.person[past], behaviour.day[past], behaviour.let_down[past]
    np.maximum.at(seen.last, person, day)
    np.maximum.at(seen.hurt, person[wrong], day[wrong])
    age = last_week - day // 7
    near = age < WEEKS_SEEN
    np.add.at(seen.recent, (WEEKS_SEEN - 1 - age[near], person[near]), 1)
    return seen

"""Experiments: one with a planted lift, one without any, one whose split went wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.behaviour import Behaviour
from demo.members import Members
from demo.people import People
from demo.plan import Flags, Floats, Ints, Plan

CONTROL, TREATMENT = 0, 1


@dataclass(frozen=True)
class Trial:
    """`share` is the true share of treatment; the intended one is always a half."""

    experiment_id: str
    name: str
    begins: float
    ends: float
    share: float
    lift: float


TRIALS = (
    Trial("one_page_checkout", "一页结算 One-page checkout", 0.33, 0.43, 0.50, 0.40),
    Trial("banner_colour", "首页横幅配色 Home banner colour", 0.53, 0.61, 0.50, 0.0),
    Trial("shipping_bar", "包邮进度条 Free-shipping bar", 0.82, 0.90, 0.56, 0.10),
)


@dataclass(frozen=True)
class Exposures:
    """One position per exposure; `again` marks a person shown the other variant later."""

    trial: Ints
    person: Ints
    variant: Ints
    visit: Ints
    again: Flags


def days_of(plan: Plan, trial: Trial) -> tuple[int, int]:
    """First day, and day after the last."""
    return int(trial.begins * plan.days), int(trial.ends * plan.days)


def exposures_of(
    plan: Plan, people: People, behaviour: Behaviour, members: Members
) -> tuple[Exposures, Floats]:
    """Expose members on their first visit in a trial's days.

    Returns
    -------
    exposures : Exposures
    boost : ndarray of shape (visits,)
        Multiplier on the chance to buy at each visit, from the exposed one on.
    """
    rng = plan.rng("trials")
    boost = np.ones(len(behaviour.day))
    parts: list[tuple[Ints, Ints, Ints, Ints, Flags]] = []
    for number, trial in enumerate(TRIALS):
        first, end = days_of(plan, trial)
        inside = (behaviour.day >= first) & (behaviour.day < end)
        rows = np.flatnonzero(inside & (members.registered_day[behaviour.person] < behaviour.day))
        person, at = np.unique(behaviour.person[rows], return_index=True)
        variant = (rng.random(len(person)) < trial.share).astype(np.int64)
        arm = np.full(len(people), CONTROL)
        arm[person] = variant
        boost[rows] *= np.where(arm[behaviour.person[rows]] == TREATMENT, 1 + trial.lift, 1.0)
        visits = rows[at]
        later = np.minimum(visits + 1, len(behaviour.day) - 1)
        twice = (behaviour.person[later] == person) & inside[later] & (later > visits)
        twice &= rng.random(len(person)) < 0.004
        tag = np.full(len(person), number)
        parts.append((tag, person, variant, visits, np.zeros(len(person), bool)))
        parts.append(
            (tag[twice], person[twice], 1 - variant[twice], later[twice], np.ones(int(twice.sum()), bool))
        )
    return Exposures(*(np.concatenate(column) for column in zip(*parts, strict=True))), boost

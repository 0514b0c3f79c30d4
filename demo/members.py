"""When visitors become members: the visit on which each person registers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.behaviour import Behaviour
from demo.people import IMPORTED, MEMBER, People
from demo.plan import Flags, Ints, Plan

NEVER = 1 << 30  # a day after every plan


@dataclass(frozen=True)
class Members:
    """One position per person.

    Attributes
    ----------
    first_row : ndarray of shape (people + 1,)
        Where each person's visits begin in ``Behaviour.person``.
    register_row : ndarray of shape (people,)
        The visit on which a member registers, -1 for others.
    registered_day : ndarray of shape (people,)
        NEVER for visitors.
    """

    first_row: Ints
    register_row: Ints
    registered_day: Ints

    def known(self, day: int) -> Flags:
        """People registered before a day."""
        return self.registered_day < day


def members_of(plan: Plan, people: People, behaviour: Behaviour) -> Members:
    """Most register on the first visit, some look around for a visit or three before."""
    rng, count = plan.rng("members"), len(people)
    visits = np.bincount(behaviour.person, minlength=count)
    first_row = np.concatenate([[0], np.cumsum(visits)])
    patience = np.searchsorted([0.70, 0.86, 0.95], rng.random(count))
    joins = people.standing == MEMBER
    row = first_row[:-1] + np.minimum(patience, np.maximum(visits - 1, 0))
    register_row = np.where(joins, row, -1)
    day = np.full(count, NEVER, dtype=np.int64)
    day[joins] = behaviour.day[register_row[joins]]
    day[people.standing == IMPORTED] = people.start[people.standing == IMPORTED]
    return Members(first_row=first_row, register_row=register_row, registered_day=day)

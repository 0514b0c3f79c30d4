"""Memberships paid by the month: who takes one, moves between plans, and leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.archetypes import column
from demo.behaviour import Behaviour
from demo.members import Members
from demo.people import People
from demo.plan import DAY_MS, HOUR_MS, Ints, Plan

PLANS = (("basic", 1500), ("plus", 3000), ("family", 5800))  # name, cents of CNY a month
UPGRADED, DOWNGRADED, CANCELLED, UNPAID = range(4)
REASONS = ("upgraded", "downgraded", "cancelled", "payment_failed")


@dataclass(frozen=True)
class Subscriptions:
    """One position per subscription; a change of plan ends one and starts the next.

    Attributes
    ----------
    ended, reason : ndarray
        -1 while it runs at the end of the plan.
    previous : ndarray
        The subscription it follows without a break, else -1.
    """

    person: Ints
    plan: Ints
    started: Ints
    ended: Ints
    reason: Ints
    previous: Ints

    def __len__(self) -> int:
        return len(self.person)


def subscriptions_of(plan: Plan, people: People, behaviour: Behaviour, members: Members) -> Subscriptions:
    """People subscribe on a visit; they leave sooner once they stop coming."""
    rng = plan.rng("subscriptions")
    takes = people.registers & (rng.random(len(people)) < column("subscribes")[people.archetype])
    visits = np.diff(members.first_row)
    takers = np.flatnonzero(takes & (visits > 3))
    row = members.first_row[takers] + (rng.random(len(takers)) * visits[takers]).astype(np.int64)
    rows = row[behaviour.day[row] > members.registered_day[takers]]
    last_visit = behaviour.day[members.first_row[1:] - 1]
    out: list[tuple[int, int, int, int, int, int]] = []
    end = plan.days * DAY_MS
    for visit in rows.tolist():
        person, day = int(behaviour.person[visit]), int(behaviour.day[visit])
        at = day * DAY_MS + int(rng.integers(9 * HOUR_MS, 22 * HOUR_MS))
        kind, previous = int(rng.choice(3, p=[0.55, 0.35, 0.10])), -1
        while at >= 0:
            gone = int(last_visit[person]) * DAY_MS < at + 60 * DAY_MS
            months = int(rng.geometric(0.35 if gone else 0.10))
            stop = at + months * 30 * DAY_MS
            if stop >= end:
                out.append((person, kind, at, -1, -1, previous))
                break
            fate = int(rng.choice(4, p=[0.05, 0.05, 0.75, 0.15] if gone else [0.4, 0.15, 0.37, 0.08]))
            if (fate == UPGRADED and kind == 2) or (fate == DOWNGRADED and kind == 0):
                fate = CANCELLED
            out.append((person, kind, at, stop, fate, previous))
            if fate in (CANCELLED, UNPAID):
                break
            previous, at = len(out) - 1, stop
            kind += 1 if fate == UPGRADED else -1
    table = np.array(out, dtype=np.int64).reshape(-1, 6)
    return Subscriptions(*(table[:, i].copy() for i in range(6)))

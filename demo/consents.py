"""What people allow, per purpose, and how they change their minds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from demo.members import Members
from demo.people import People
from demo.plan import DAY_MS, HOUR_MS, Flags, Ints, Plan

PURPOSES = (
    "analytics", "personalisation", "marketing_email", "marketing_sms", "marketing_push", "profiling",
    "sharing",
)  # fmt: skip
GRANTS = np.array([0.97, 0.93, 0.62, 0.50, 0.66, 0.90, 0.18])
CHANGES = np.array([0.02, 0.04, 0.07, 0.06, 0.05, 0.05, 0.03])
AT_REGISTRATION = -1


@dataclass
class Consents:
    """Decisions in the order made.

    Attributes
    ----------
    initial : ndarray of shape (people, purposes)
        What was ticked at registration.
    person, purpose, granted, at : lists of ndarray
        Later changes, with their local milliseconds.
    """

    initial: Flags
    person: list[Ints] = field(default_factory=list)
    purpose: list[Ints] = field(default_factory=list)
    granted: list[Flags] = field(default_factory=list)
    at: list[Ints] = field(default_factory=list)

    def add(self, person: Ints, purpose: Ints, granted: Flags, at: Ints) -> None:
        self.person.append(person)
        self.purpose.append(purpose)
        self.granted.append(granted)
        self.at.append(at)

    def changes(self) -> tuple[Ints, Ints, Flags, Ints]:
        """All later changes by time: person, purpose, granted, local milliseconds."""
        at = np.concatenate(self.at)
        purpose, person = np.concatenate(self.purpose), np.concatenate(self.person)
        order = np.lexsort((purpose, person, at))
        return person[order], purpose[order], np.concatenate(self.granted)[order], at[order]

    def granted_by(self, purpose: str, day: int, members: Members) -> Flags:
        """Who allows a purpose at the start of a day, among those registered before it."""
        index = PURPOSES.index(purpose)
        person, what, granted, at = self.changes()
        now = self.initial[:, index] & members.known(day)
        past = (what == index) & (at < day * DAY_MS)
        now[person[past]] = granted[past]  # by time, so the last one stays
        return now


def consents_of(plan: Plan, people: People, members: Members) -> Consents:
    """Draw the ticks at registration and the changes of mind that no message caused."""
    rng, count = plan.rng("consents"), len(people)
    consents = Consents(initial=rng.random((count, len(PURPOSES))) < GRANTS)
    room = plan.days - 1 - members.registered_day
    person, purpose = np.nonzero((rng.random((count, len(PURPOSES))) < CHANGES) & (room > 1)[:, None])
    day = members.registered_day[person] + 1 + (rng.random(len(person)) * room[person]).astype(int)
    at = np.minimum(day, plan.days - 1) * DAY_MS + rng.integers(8 * HOUR_MS, 22 * HOUR_MS, len(day))
    turned = ~consents.initial[person, purpose]
    consents.add(person, purpose, turned, at)
    back = (rng.random(len(person)) < 0.2) & (at < (plan.days - 30) * DAY_MS)
    pause = rng.integers(3, 29, len(person)) * DAY_MS
    consents.add(person[back], purpose[back], ~turned[back], (at + pause)[back])
    return consents

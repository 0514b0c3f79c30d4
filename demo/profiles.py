"""What the shop's user table says of each member, and every later version of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.behaviour import Behaviour
from demo.members import Members
from demo.names import FOREIGN_FROM
from demo.orders import CANCELLED, Orders
from demo.people import IMPORTED, MEMBER, People
from demo.plan import DAY_MS, HOUR_MS, Ints, Plan
from demo.sessions import Sessions

LEVELS = ("basic", "silver", "gold", "platinum")
LEVEL_ORDERS = (3, 8, 15)  # orders that lift a member to the next level


@dataclass(frozen=True)
class Profiles:
    """Versions of users, by time; one position per version.

    Attributes
    ----------
    registered : ndarray of shape (people,)
        Local milliseconds, -1 for visitors.
    deleted : ndarray
        Local milliseconds of the account's closing in its last version, else -1.
    """

    registered: Ints
    person: Ints
    updated: Ints
    level: Ints
    place: Ints
    deleted: Ints


def registrations(people: People, members: Members, sessions: Sessions) -> Ints:
    """When each member's registration event happens; imports are dated at ten in the morning."""
    at = np.full(len(people), -1, dtype=np.int64)
    imported = people.standing == IMPORTED
    at[imported] = members.registered_day[imported] * DAY_MS + 10 * HOUR_MS
    rows = np.flatnonzero(sessions.registers)
    second_event = (np.cumsum(sessions.size) - sessions.size)[rows] + 1
    at[sessions.person[rows]] = sessions.start[rows] + sessions.offset[second_event]
    return at


def profiles_of(
    plan: Plan, people: People, behaviour: Behaviour, members: Members, orders: Orders, registered: Ints
) -> Profiles:
    """Registration, rises in level, moves to another city, and closed accounts."""
    rng, count, end = plan.rng("profiles"), len(people), plan.days * DAY_MS
    who = np.flatnonzero(people.registers)
    steps = [(who, registered[who], np.zeros(len(who), dtype=np.int64))]  # kinds: 0 new
    counted = (orders.fate != CANCELLED) & (orders.day > members.registered_day[orders.person])
    buyer, day = orders.person[counted], orders.day[counted]  # visits lie by person and day
    starts = np.searchsorted(buyer, np.arange(count))
    rank = np.arange(len(buyer)) - starts[buyer] + 1
    for lifted, needed in enumerate(LEVEL_ORDERS):
        rows = rank == needed
        steps.append((buyer[rows], (day[rows] + 1) * DAY_MS + HOUR_MS, np.full(int(rows.sum()), lifted + 1)))
    movers = who[(people.place[who] < FOREIGN_FROM) & (rng.random(len(who)) < 0.03)]
    room = end - registered[movers]
    moved = registered[movers] + DAY_MS + (rng.random(len(movers)) * room).astype(np.int64)
    steps.append((movers, moved, np.full(len(movers), 10)))
    last_visit = np.where(np.diff(members.first_row) > 0, behaviour.day[members.first_row[1:] - 1], plan.days)
    leavers = who[(people.standing[who] == MEMBER) & (last_visit[who] < plan.days - 60)]
    leavers = leavers[rng.random(len(leavers)) < 0.012]
    closed = (last_visit[leavers] + rng.integers(2, 50, len(leavers))) * DAY_MS + 15 * HOUR_MS
    steps.append((leavers, closed, np.full(len(leavers), 20)))

    person, at, kind = (np.concatenate(part) for part in zip(*steps, strict=True))
    late_closing = np.full(count, end)
    late_closing[leavers] = closed  # nothing changes after the account is closed
    keep = (at < end) & (at <= late_closing[person])
    person, at, kind = person[keep], at[keep], kind[keep]
    order = np.lexsort((kind, at, person))
    person, at, kind = person[order], at[order], kind[order]
    home = np.where(kind == 10, (people.place[person] + 1 + rng.integers(0, 9, len(kind))) % FOREIGN_FROM, -1)
    fresh = kind == 0
    level = _carried(np.where(kind < 10, kind, -1), fresh)
    place = _carried(np.where(fresh, people.place[person], home), fresh)
    rank_by_time = np.lexsort((person, at))
    return Profiles(
        registered=registered,
        person=person[rank_by_time],
        updated=at[rank_by_time],
        level=level[rank_by_time],
        place=place[rank_by_time],
        deleted=np.where(kind == 20, at, -1)[rank_by_time],
    )


def _carried(values: Ints, fresh: np.ndarray) -> Ints:
    """Values with -1 replaced by the last one before it; every person's first row has one."""
    known = np.where((values >= 0) | fresh, np.arange(len(values)), 0)
    return values[np.maximum.accumulate(known)]

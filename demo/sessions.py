"""Sittings: each visited day's one or two sessions, their device, sign-in, length and clock time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.archetypes import column
from demo.behaviour import Behaviour
from demo.members import Members
from demo.orders import Orders
from demo.people import COOCCURRING, DECLARED, SHARED, People
from demo.plan import DAY_MS, HOUR_MS, Flags, Floats, Ints, Plan, repeat_ranks

GAP_CAP_MS = 25 * 60_000  # under the session gap of 30 minutes


@dataclass(frozen=True)
class Sessions:
    """One position per session, by visit; all of a visit's sessions are on one device.

    Attributes
    ----------
    registers, orders : ndarray
        Whether the session holds the registration, and the order made in it (-1 for none).
    size : ndarray
        Events in it.
    start : ndarray
        Local milliseconds of its first event.
    offset : ndarray of shape (events,)
        Milliseconds from that to each event, sessions laid end to end.
    """

    visit: Ints
    person: Ints
    device: Ints
    signed_in: Flags
    registers: Flags
    order: Ints
    size: Ints
    start: Ints
    offset: Ints

    def first_of_visit(self, visits: int) -> Ints:
        """The first session of every visit."""
        first = np.full(visits, -1, dtype=np.int64)
        first[self.visit[::-1]] = np.arange(len(self.visit))[::-1]
        return first


def sessions_of(
    plan: Plan, people: People, behaviour: Behaviour, members: Members, orders: Orders
) -> Sessions:
    """Lay out every session inside its business day, an hour or more apart."""
    rng, visits = plan.rng("sessions"), len(behaviour.day)
    order_at = np.full(visits, -1, dtype=np.int64)
    order_at[orders.visit] = np.arange(len(orders))
    registers = np.zeros(visits, dtype=bool)
    registers[members.register_row[members.register_row >= 0]] = True
    device, signed_in = _devices(people, behaviour, members, registers, rng)

    count = 1 + (rng.random(visits) < 0.14)
    visit = np.repeat(np.arange(visits), count)
    rank = repeat_ranks(count)
    mean = column("actions")[people.archetype[behaviour.person[visit]]]
    size = 1 + rng.poisson(mean - 1.5)
    first = rank == 0
    size = np.where(first & registers[visit], np.maximum(size, 3), size)
    order = np.where(first, order_at[visit], -1)
    size = size + 3 * (order >= 0)
    offset, length = _offsets(size, rng)
    start, keep = _starts(people, behaviour, visit, rank, length, rng)
    return Sessions(
        visit=visit[keep],
        person=behaviour.person[visit[keep]],
        device=device[visit[keep]],
        signed_in=signed_in[visit[keep]],
        registers=(first & registers[visit])[keep],
        order=order[keep],
        size=size[keep],
        start=start[keep] + behaviour.day[visit[keep]] * DAY_MS,
        offset=offset[np.repeat(keep, size)],
    )


def _devices(
    people: People, behaviour: Behaviour, members: Members, registers: Flags, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Which device each visit is on, and whether its person signs in there."""
    person, day = behaviour.person, behaviour.day
    link = people.second_link[person]
    member = day > members.registered_day[person]
    other = member & (people.second[person] >= 0) & (rng.random(len(day)) < 0.3)
    # A guest comes after the host has registered there, so who the device belongs to is plain. (A
    # first device has its owner's position.)
    host = np.where(link == SHARED, people.second[person], person)
    other &= day > members.registered_day[host]
    device = np.where(other, people.second[person], people.first[person])
    signed_in = (member & (rng.random(len(day)) < 0.88)) | registers
    signed_in = np.where(other & (link == DECLARED), False, signed_in)
    signed_in = np.where(other & (link == SHARED), True, signed_in)
    # A second device is known to be its person's because one visit, the first, is signed in on it.
    rows = np.flatnonzero(other & (link == COOCCURRING))
    _, at = np.unique(person[rows], return_index=True)
    signed_in[rows[at]] = True
    return device, signed_in


def _offsets(size: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Times of events from their session's beginning, strictly rising, and each session's length."""
    gaps = np.minimum(rng.lognormal(10.3, 1.0, int(size.sum())), GAP_CAP_MS).astype(np.int64) + 1
    ends = np.cumsum(size)
    gaps[ends - size] = 0
    run = np.cumsum(gaps)
    offset = run - np.repeat(run[ends - size], size)
    return offset, offset[ends - 1]


def _starts(
    people: People, behaviour: Behaviour, visit: Ints, rank: Ints, length: Ints, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Milliseconds into the day, and which sessions fit into it."""
    hour: Floats = people.hour[behaviour.person[visit]] + rng.normal(0, 1.1, len(visit))
    start = (np.clip(hour, 6.0, 23.9) * HOUR_MS).astype(np.int64)
    start = np.minimum(start, DAY_MS - 1000 - length)
    second = np.flatnonzero(rank == 1)
    after = start[second - 1] + length[second - 1]
    start[second] = after + HOUR_MS + rng.integers(0, 4 * HOUR_MS, len(second))
    keep = start + length < DAY_MS - 1000
    return start, keep | (rank == 0)

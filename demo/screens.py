"""Screens left on: adverts shown for more than a day to a member who has long gone to do something else."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.events import IMPRESSION
from demo.feeds_behaviour import SCREENS
from demo.landing import Feed
from demo.people import MEMBER
from demo.plan import DAY_MS, HOUR_MS, Ints
from demo.world import World

FEW, ONE_IN = 2, 4000
EVERY_MS, HOURS = 20 * 60_000, 26
AWAY_DAYS = 6  # between two visits, so that no visit of the member's meets the screen
BEGINS_MS = 2 * DAY_MS + 10 * HOUR_MS  # after the midnight of the visit before


def left_on(world: World) -> tuple[Ints, Ints]:
    """Members whose screen is left on, each once, and since when in local milliseconds."""
    people, behaviour = world.people, world.behaviour
    away = (np.diff(behaviour.person) == 0) & (np.diff(behaviour.day) >= AWAY_DAYS)
    row = np.flatnonzero(away)
    person, day = behaviour.person[row], behaviour.day[row]
    by_app = people.device_kind[people.first[person]] < 2
    known = (people.standing[person] == MEMBER) & (world.members.registered_day[person] <= day)
    row = world.plan.rng("screens").permutation(row[by_app & known])
    _, once = np.unique(behaviour.person[row], return_index=True)
    row = row[np.sort(once)][: max(FEW, len(people) // ONE_IN)]
    return behaviour.person[row], behaviour.day[row] * DAY_MS + BEGINS_MS


def shown(world: World) -> tuple[Ints, Ints]:
    """Member and local milliseconds of every advert shown on such a screen."""
    person, start = left_on(world)
    each = np.arange(0, HOURS * HOUR_MS + 1, EVERY_MS)
    return np.repeat(person, len(each)), (start[:, None] + each).ravel()


def screen_feed(world: World) -> Feed:
    """The log of these screens."""
    plan, people = world.plan, world.people
    person, at = shown(world)

    def build(row: Ints) -> pa.Table:
        return c.table(
            event_id=c.numbered("tv", row, 6),
            event=c.coded(np.zeros(len(row), dtype=np.int64), ["impression"]),
            ts=c.instants(plan, at[row]),
            uid=c.coded(person[row], people.user_id),
            did=c.coded(people.first[person[row]], people.device_id),
            screen=c.coded(np.full(len(row), IMPRESSION), SCREENS),
        )

    return Feed(
        name="app_screens",
        entity="events",
        stem="app/screens",
        suffix=".ndjson",
        cadence="sparse",
        at=at,
        build=build,
        faults={},
    )

"""Who lives in the world: their kind, place, taste, devices and first day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.archetypes import ARCHETYPES, column
from demo.catalogue import CATEGORIES
from demo.names import ACQUISITION, FOREIGN_FROM, PLACES
from demo.plan import Flags, Floats, Ints, Plan, Words
from demo.season import Season

VISITOR, MEMBER, IMPORTED = 0, 1, 2  # never registers; registers on a visit; registered, never seen
DEVICE_KINDS = ("ios", "android", "mini_program", "web")
PRIMARY, COOCCURRING, DECLARED, SHARED = 0, 1, 2, 3
# In shares of the plan: when a launch has faded to a third, and from when to when there are ads.
LAUNCH, ADS = 0.14, (0.70, 0.86)
TRICKLE, AFTER_ADS = 0.008, 0.07  # beside the launch's first day, and beside the days of ads
HABITS = 0.2  # how far people of a kind differ in how often they come, on the log scale
LINKS = ("primary", "cooccurring", "declared", "shared")


@dataclass(frozen=True)
class People:
    """One position per person.

    Attributes
    ----------
    standing : ndarray of shape (people,)
        VISITOR, MEMBER or IMPORTED.
    start : ndarray of shape (people,)
        Day of the first visit; of the import for IMPORTED.
    taste : ndarray of shape (people, categories)
        Cumulative preference over categories; ``favourite`` is its peak.
    first, second : ndarray of shape (people,)
        Positions in ``device_id``; ``second`` is -1 for people with one device.
    second_link : ndarray of shape (people,)
        How the second device is tied to its person (index into ``LINKS``).
    """

    person_id: Words
    user_id: Words
    standing: Ints
    archetype: Ints
    start: Ints
    place: Ints
    chinese: Flags
    hour: Floats
    favourite: Ints
    taste: Floats
    visits: Floats
    acquisition: Ints
    device_id: Words
    device_kind: Ints
    first: Ints
    second: Ints
    second_link: Ints

    def __len__(self) -> int:
        return len(self.person_id)

    @property
    def registers(self) -> Flags:
        return self.standing != VISITOR


def people_of(plan: Plan, season: Season) -> People:
    """Draw everyone."""
    rng, count = plan.rng("people"), plan.people
    share = rng.random(count)
    standing = np.select([share < 0.10, share < 0.97], [VISITOR, MEMBER], IMPORTED)
    weights = np.array([kind.share for kind in ARCHETYPES])
    archetype = rng.choice(len(ARCHETYPES), count, p=weights / weights.sum())
    archetype[standing != MEMBER] = len(ARCHETYPES) - 1  # who never signs in at all has tasted at most
    weight = np.array([place[3] for place in PLACES], dtype=np.float64)
    place = rng.choice(len(PLACES), count, p=weight / weight.sum())
    likes = np.cumsum([kind.likes for kind in ARCHETYPES], axis=1)
    favourite = (rng.random(count)[:, None] * likes[archetype, -1:] > likes[archetype, :-1]).sum(axis=1)
    taste = rng.dirichlet(np.full(len(CATEGORIES), 1.2), count) * 0.45
    taste[np.arange(count), favourite] += 0.55
    acquisition = rng.choice(5, count, p=[0.30, 0.22, 0.20, 0.18, 0.10])
    by_ads = rng.random(count) < column("by_ads")[archetype]
    acquisition[by_ads & (rng.random(count) < 0.7)] = ACQUISITION.index("ads")
    acquisition[standing == IMPORTED] = ACQUISITION.index("store")
    devices = _devices(rng, standing, archetype)
    return People(
        person_id=np.array([f"W{n:06d}" for n in range(count)], dtype=object),
        user_id=np.array(
            [f"U{100000 + n}" if standing[n] != VISITOR else None for n in range(count)], dtype=object
        ),
        standing=standing,
        archetype=archetype,
        start=_first_days(plan, season, by_ads, rng),
        place=place,
        chinese=np.where(place >= FOREIGN_FROM, rng.random(count) < 0.3, rng.random(count) < 0.88),
        hour=np.where(
            rng.random(count) < column("evening")[archetype],
            rng.normal(20.2, 1.3, count),
            rng.normal(12.6, 1.6, count),
        ),
        favourite=favourite,
        taste=np.cumsum(taste, axis=1),
        visits=column("visits")[archetype] * np.exp(rng.normal(-(HABITS**2) / 2, HABITS, count)),
        acquisition=acquisition,
        **devices,
    )


def _first_days(plan: Plan, season: Season, by_ads: Flags, rng: np.random.Generator) -> Ints:
    """The first days: a launch that brings most, a trickle after it, and a season of advertising."""
    day = np.arange(plan.days) / plan.days
    own = np.exp(-day / LAUNCH) + TRICKLE
    advertised = np.select([day < ADS[0], day < ADS[1]], [0.0, 1.0], AFTER_ADS)
    ladders = np.cumsum(np.array([own, advertised]) * season.visits[: plan.days], axis=1)
    drawn = rng.random(len(by_ads))
    first, brought = (np.searchsorted(ladder, drawn * ladder[-1]) for ladder in ladders)
    return np.where(by_ads, brought, first)


def _devices(rng: np.random.Generator, standing: Ints, archetype: Ints) -> dict[str, np.ndarray]:
    """A first device each, a second for many members, and a few second ones shared with another."""
    count = len(standing)
    shares = np.cumsum([kind.platforms for kind in ARCHETYPES], axis=1)
    kind_first = (rng.random(count)[:, None] > shares[archetype, :-1]).sum(axis=1)
    has_second = (standing == MEMBER) & (rng.random(count) < 0.4)
    link = np.where(rng.random(count) < 0.75, COOCCURRING, DECLARED)
    sharing = (standing == MEMBER) & ~has_second & (rng.random(count) < 0.003)
    second = np.full(count, -1, dtype=np.int64)
    owners = np.flatnonzero(has_second)
    second[owners] = count + np.arange(len(owners))
    # Somebody's second device is another member's first: two people, one browser.
    hosts = np.flatnonzero((standing == MEMBER) & ~has_second & ~sharing)
    guests = np.flatnonzero(sharing)[: len(hosts)]
    second[guests] = rng.choice(hosts, len(guests), replace=False)
    link[guests] = SHARED
    link[second < 0] = PRIMARY
    kind_second = rng.choice(4, len(owners), p=[0.15, 0.15, 0.25, 0.45])
    serial = rng.permutation(count + len(owners))
    return {
        "device_id": np.array([f"d-{(n * 2654435761) % 2**32:08x}" for n in serial], dtype=object),
        "device_kind": np.concatenate([kind_first, kind_second]),
        "first": np.arange(count),
        "second": second,
        "second_link": link,
    }

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
    frailty: Floats
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
    taster = len(ARCHETYPES) - 1
    archetype[standing == VISITOR] = np.where(
        rng.random(int((standing == VISITOR).sum())) < 0.8, taster, taster - 1
    )
    weight = np.array([place[3] for place in PLACES], dtype=np.float64)
    place = rng.choice(len(PLACES), count, p=weight / weight.sum())
    favourite = rng.integers(0, len(CATEGORIES), count)
    taste = rng.dirichlet(np.full(len(CATEGORIES), 1.2), count) * 0.45
    taste[np.arange(count), favourite] += 0.55
    acquisition = rng.choice(5, count, p=[0.30, 0.22, 0.20, 0.18, 0.10])
    acquisition[(archetype == taster) & (rng.random(count) < 0.35)] = ACQUISITION.index("ads")
    acquisition[standing == IMPORTED] = ACQUISITION.index("store")
    devices = _devices(rng, standing)
    return People(
        person_id=np.array([f"W{n:06d}" for n in range(count)], dtype=object),
        user_id=np.array(
            [f"U{100000 + n}" if standing[n] != VISITOR else None for n in range(count)], dtype=object
        ),
        standing=standing,
        archetype=archetype,
        start=_first_days(plan, season, rng),
        place=place,
        chinese=np.where(place >= FOREIGN_FROM, rng.random(count) < 0.3, rng.random(count) < 0.88),
        hour=np.where(rng.random(count) < 0.6, rng.normal(20.2, 1.3, count), rng.normal(12.6, 1.6, count)),
        favourite=favourite,
        taste=np.cumsum(taste, axis=1),
        visits=column("visits")[archetype] * np.exp(rng.normal(-0.08, 0.4, count)),
        frailty=np.exp(rng.normal(0, 0.5, count)),
        acquisition=acquisition,
        **devices,
    )


def _first_days(plan: Plan, season: Season, rng: np.random.Generator) -> Ints:
    """Growth over two years, a launch, and festivals bringing people in."""
    day = np.arange(plan.days)
    pull = season.visits[: plan.days] * (0.75 + 0.5 * day / plan.days + 1.6 * np.exp(-day / 12))
    ladder = np.cumsum(pull)
    return np.searchsorted(ladder, rng.random(plan.people) * ladder[-1])


def _devices(rng: np.random.Generator, standing: Ints) -> dict[str, np.ndarray]:
    """A first device each, a second for many members, and a few second ones shared with another."""
    count = len(standing)
    kind_first = rng.choice(4, count, p=[0.22, 0.30, 0.20, 0.28])
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

"""What is done in a session: views, searches, reading, baskets, purchases, and passive pushes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.archetypes import column
from demo.behaviour import Behaviour
from demo.campaigns import DELIVERED, Outreach
from demo.catalogue import CATEGORIES, Catalogue
from demo.orders import Orders
from demo.people import People
from demo.plan import Flags, Ints, Plan, repeat_ranks
from demo.sessions import Sessions

(
    HOME, CATEGORY, PRODUCT, ARTICLE, SEARCH, CART, ADD, FAVOURITE, SHARE, VIDEO, REGISTER, PURCHASE,
    IMPRESSION, PUSH, CLICK,
) = range(15)  # fmt: skip
PASSIVE = (IMPRESSION, PUSH)
# What a reader and what a shopper does next, given that they do not stop.
READER = {
    ARTICLE: 0.52,
    VIDEO: 0.16,
    FAVOURITE: 0.07,
    SHARE: 0.06,
    CATEGORY: 0.05,
    IMPRESSION: 0.06,
    HOME: 0.08,
    CLICK: 0.03,
}
SHOPPER = {
    PRODUCT: 0.46,
    CATEGORY: 0.16,
    SEARCH: 0.12,
    ADD: 0.08,
    CART: 0.04,
    FAVOURITE: 0.04,
    IMPRESSION: 0.04,
    HOME: 0.06,
    CLICK: 0.05,
}
CLICK_THROUGH = 0.3  # of what was shown, when something else is done after it


@dataclass(frozen=True)
class Events:
    """One position per event.

    Attributes
    ----------
    session : ndarray
        -1 for pushes, which belong to no visit.
    identified : ndarray
        Whether the event carries the person's user id.
    item : ndarray
        Product position; article position where ``kind`` is ARTICLE or VIDEO; -1 for none.
    dwell : ndarray
        Seconds as measured by the source, -1 where it measures none.
    """

    session: Ints
    person: Ints
    device: Ints
    kind: Ints
    at: Ints
    identified: Flags
    item: Ints
    category: Ints
    order: Ints
    dwell: Ints
    campaign: Ints

    def __len__(self) -> int:
        return len(self.at)

    @property
    def is_active(self) -> Flags:
        """Events that are something a person did."""
        return ~np.isin(self.kind, PASSIVE)


def events_of(
    plan: Plan,
    people: People,
    behaviour: Behaviour,
    goods: Catalogue,
    outreach: Outreach,
    orders: Orders,
    sessions: Sessions,
) -> Events:
    """Fill every session, and add the pushes that people only received."""
    rng = plan.rng("events")
    session = np.repeat(np.arange(len(sessions.visit)), sessions.size)
    rank = repeat_ranks(sessions.size)
    person = sessions.person[session]
    kind = _kinds(people, sessions, session, rank, rng)
    through = _click_throughs(kind, sessions.size[session] - rank, sessions.order[session] >= 0, rng)
    kind[through] = CLICK
    at = sessions.start[session] + sessions.offset
    day = behaviour.day[sessions.visit[session]]
    identified = sessions.signed_in[session] & ~(sessions.registers[session] & (rank == 0))

    category = (rng.random(len(kind))[:, None] > people.taste[person]).sum(axis=1)
    category = np.minimum(category, len(CATEGORIES) - 1)
    order = np.where(np.isin(kind, (ADD, PURCHASE)), sessions.order[session], -1)
    lead = np.full(len(orders), 0, dtype=np.int64)  # the product an order is about: its first line
    lead[orders.line_order[::-1]] = orders.line_product[::-1]
    about_order = order >= 0
    category[about_order] = goods.category[lead[order[about_order]]]
    category[through] = category[through - 1]
    item = np.full(len(kind), -1, dtype=np.int64)
    wants = np.isin(kind, (PRODUCT, ADD, FAVOURITE, SHARE, IMPRESSION))
    item[wants] = goods.choose(category[wants], day[wants], rng)
    item[through] = item[through - 1]
    item[about_order] = lead[order[about_order]]
    reads = np.isin(kind, (ARTICLE, VIDEO))
    per_category = len(goods.article_id) // len(CATEGORIES)
    item[reads] = category[reads] * per_category + rng.integers(0, per_category, int(reads.sum()))
    order[kind != PURCHASE] = -1
    dwell = np.full(len(kind), -1, dtype=np.int64)
    dwell[reads] = 5 + rng.gamma(2.0, 35.0, int(reads.sum())).astype(np.int64)
    first = sessions.first_of_visit(len(behaviour.day))
    came = np.where(
        first[sessions.visit] == np.arange(len(sessions.visit)), outreach.source[sessions.visit], -1
    )
    pushes = _pushes(people, outreach, rng)
    columns = (
        session, person, sessions.device[session], kind, at, identified, item, category, order, dwell,
        came[session],
    )  # fmt: skip
    return Events(*(np.concatenate(pair) for pair in zip(columns, pushes, strict=True)))


def _kinds(people: People, sessions: Sessions, session: Ints, rank: Ints, rng: np.random.Generator) -> Ints:
    reads = column("reads")[people.archetype[sessions.person[session]]]
    reading = rng.random(len(session)) < reads
    draw = rng.random(len(session))
    kind = np.where(reading, _draw(READER, draw), _draw(SHOPPER, draw))
    opening = np.where(rng.random(len(rank)) < 0.65, HOME, np.where(reading, ARTICLE, PRODUCT))
    kind = np.where(rank == 0, opening, kind)
    kind = np.where(sessions.registers[session] & (rank == 1), REGISTER, kind)
    left = sessions.size[session] - rank  # 1 for the last event
    bought = sessions.order[session] >= 0
    for place, what in ((3, ADD), (2, CART), (1, PURCHASE)):
        kind = np.where(bought & (left == place), what, kind)
    return kind


def _click_throughs(kind: Ints, left: Ints, buys: Flags, rng: np.random.Generator) -> Ints:
    """Events that become a click on what the event before them has shown."""
    after = np.flatnonzero((kind[:-1] == IMPRESSION) & (left[:-1] > 1)) + 1
    ordinary = (kind[after] != REGISTER) & (kind[after] != IMPRESSION) & (~buys[after] | (left[after] > 3))
    return after[ordinary & (rng.random(len(after)) < CLICK_THROUGH)]


def _draw(chances: dict[int, float], draw: np.ndarray) -> Ints:
    ladder = np.cumsum(list(chances.values()))
    return np.array(list(chances))[np.searchsorted(ladder, draw * ladder[-1], side="right")]


def _pushes(people: People, outreach: Outreach, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """A quarter of the pushes delivered also land in the app's log: received, not done."""
    touches = outreach.touches
    by_push = np.array([c.channel == "push" for c in outreach.campaigns])[touches.campaign]
    logged = by_push & (touches.action == DELIVERED) & (rng.random(len(touches.at)) < 0.25)
    person = touches.person[logged]
    apps = people.device_kind[people.first[person]] < 2
    person, at = person[apps], touches.at[logged][apps]
    campaign = touches.campaign[logged][apps]
    none = np.full(len(person), -1, dtype=np.int64)
    return (
        none, person, people.first[person], np.full(len(person), PUSH), at,
        np.ones(len(person), bool), none, none, none, none, campaign,
    )  # fmt: skip

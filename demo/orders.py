"""What is bought: orders on days visited, their lines, prices, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.archetypes import column
from demo.behaviour import Behaviour
from demo.catalogue import CATEGORIES, Catalogue
from demo.names import CURRENCY, PLACES, PRICE_FACTOR
from demo.people import VISITOR, People
from demo.plan import Flags, Floats, Ints, Plan, repeat_ranks
from demo.season import Season

FULFILLED, CANCELLED, REFUNDED = 0, 1, 2
STATUSES = ("fulfilled", "cancelled", "refunded")
CURRENCIES = ("CNY", "HKD", "USD")
COUPON_NAMES = (None, "WELCOME10", "DOUBLE11", "MID618", "LOYAL5")


@dataclass(frozen=True)
class Orders:
    """One position per order; money in cents of the order's currency.

    Attributes
    ----------
    fate : ndarray
        Last status ever; ``fate_day`` is the day it is reached (it may lie after the plan).
    refunded : ndarray
        Cents given back on ``fate_day``; a part of the amount for some fulfilled orders.
    """

    visit: Ints
    person: Ints
    day: Ints
    currency: Ints
    amount: Ints
    discount: Ints
    shipping: Ints
    coupon: Ints
    fate: Ints
    fate_day: Ints
    refunded: Ints
    line_order: Ints
    line_product: Ints
    line_quantity: Ints
    line_price: Ints
    line_discount: Ints

    def __len__(self) -> int:
        return len(self.visit)


def orders_of(
    plan: Plan, season: Season, people: People, behaviour: Behaviour, goods: Catalogue, boost: Floats
) -> Orders:
    """Draw who buys on which visit, what, and for how much."""
    rng = plan.rng("orders")
    kind = people.archetype[behaviour.person]
    first = behaviour.day == people.start[behaviour.person]
    usual = np.where(first, column("first")[kind], column("buys")[kind])
    chance = usual * season.purchases[behaviour.day] ** column("promo")[kind]
    chance = chance * np.where(people.standing[behaviour.person] == VISITOR, 0.3, 1.0) * boost
    visit = np.flatnonzero(rng.random(len(chance)) < np.minimum(chance, 0.97))
    person, day = behaviour.person[visit], behaviour.day[visit]
    currency = np.array([CURRENCIES.index(CURRENCY[place[0]]) for place in PLACES])[people.place[person]]
    festive = season.festival[day]
    lines = _lines(people, goods, visit, person, day, currency, festive, rng)
    order, product, quantity, price, line_discount = lines
    goods_total = np.bincount(order, quantity * price - line_discount, len(visit)).astype(np.int64)
    coupon = _coupons(kind[visit], festive, day, plan, rng)
    discount = np.where(coupon > 0, goods_total // 10, 0)
    small = goods_total - discount < 9900 * np.array([PRICE_FACTOR[c] for c in CURRENCIES])[currency]
    shipping = np.where(small, (800 * np.array([1, 1.1, 0.14]))[currency].astype(np.int64), 0)
    amount = goods_total - discount + shipping
    fate, fate_day, refunded = _fates(day, amount, behaviour.let_down[visit], rng)
    return Orders(
        visit, person, day, currency, amount, discount, shipping, coupon,
        fate, fate_day, refunded, order, product, quantity, price, line_discount,
    )  # fmt: skip


def _lines(
    people: People,
    goods: Catalogue,
    visit: Ints,
    person: Ints,
    day: Ints,
    currency: Ints,
    festive: Floats,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Order, product, quantity, unit price and discount of each line; a product once per order."""
    kind = people.archetype[person]
    wanted = 1 + np.minimum(rng.poisson(column("basket")[kind] + 0.9 * festive), 6)
    order = np.repeat(np.arange(len(visit)), wanted)
    category = (rng.random(len(order))[:, None] > people.taste[person[order]]).sum(axis=1)
    product = goods.choose(np.minimum(category, len(CATEGORIES) - 1), day[order], rng)
    _, unique = np.unique(order * 10_000 + product, return_index=True)
    keep = np.sort(unique)
    order, product = order[keep], product[keep]
    quantity = 1 + rng.poisson(column("bulk")[kind[order]])
    factor = np.array([PRICE_FACTOR[c] for c in CURRENCIES])[currency[order]]
    sale = np.where(festive[order] > 0, 0.85, 1.0)
    price = np.maximum(np.round(goods.price[product] * factor * sale * 100), 100).astype(np.int64)
    line_discount = np.where(rng.random(len(order)) < 0.06, price // 20, 0)
    return order, product, quantity.astype(np.int64), price, line_discount


def _coupons(kind: Ints, festive: Floats, day: Ints, plan: Plan, rng: np.random.Generator) -> Ints:
    month = np.array([when.month for when in plan.dates()])[day]
    draw, often = rng.random(len(day)), column("coupons")[kind]
    festival = np.where(month == 11, 2, 3)
    usual = np.where(kind == 0, 4, 1)
    return np.where(
        festive > 0, np.where(draw < 0.5 + often / 2, festival, 0), np.where(draw < often, usual, 0)
    )


def _fates(day: Ints, amount: Ints, let_down: Flags, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """What becomes of each order; one that lets its buyer down comes back, wholly or in part."""
    draw = rng.random(len(day))
    cancelled, full, part = draw < 0.045, (draw >= 0.045) & (draw < 0.070), (draw >= 0.070) & (draw < 0.08)
    full, part = np.where(let_down, draw < 0.75, full), np.where(let_down, draw >= 0.75, part)
    cancelled &= ~let_down
    fate = np.select([cancelled, full], [CANCELLED, REFUNDED], FULFILLED)
    wait = np.select(
        [cancelled, full | part],
        [rng.integers(0, 3, len(day)), rng.integers(5, 31, len(day))],
        rng.integers(2, 6, len(day)),
    )
    refunded = np.select([full, part], [amount, amount * 3 // 10], 0)
    return fate, day + wait, refunded


def line_numbers(orders: Orders) -> Ints:
    """1, 2, .. within each order."""
    return repeat_ranks(np.bincount(orders.line_order, minlength=len(orders))) + 1


def bought(orders: Orders) -> Flags:
    """Orders that count as purchases: not cancelled."""
    return orders.fate != CANCELLED

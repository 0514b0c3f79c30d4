"""The five kinds of people planted in the world, and how each behaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plan import Floats

LEVELS = ("fading", "steady", "keen")  # then LAPSED: out of the habit
FADING, STEADY, KEEN, LAPSED = range(4)
LEVEL_VISITS = np.array([0.6, 1.0, 1.35])  # of a person's own habit


@dataclass(frozen=True)
class Archetype:
    """One planted segment.

    Attributes
    ----------
    by_ads : float
        Share whom advertising brings, late in the plan; the others come with the launch or by themselves.
    visits : float
        Chance of a visit on an ordinary day at the steady level: the habit.
    first, buys : float
        Chance of an order on the first day, and on every later day visited.
    reads : float
        Share of content among what is looked at.
    actions : float
        Mean events of a session.
    patience : float
        Silence that breaks the habit, in gaps usual for the person.
    comeback : float
        Chance of a visit on an ordinary day once the habit is broken.
    promo : float
        Power put on the season's multipliers of purchases: 2 means festivals count double.
    basket, bulk, coupons : float
        Mean further lines of an order and further pieces of a line, and share of orders with a coupon
        on ordinary days.
    evening : float
        Share of people whose hour is the evening; the others' is noon.
    platforms : tuple of float
        Shares of ios, android, mini program and web among first devices.
    likes : tuple of float
        Weight of each category as a favourite.
    """

    key: str
    name_en: str
    name_zh: str
    share: float
    by_ads: float
    visits: float
    first: float
    buys: float
    reads: float
    actions: float
    patience: float
    comeback: float
    promo: float
    subscribes: float
    basket: float
    bulk: float
    coupons: float
    evening: float
    platforms: tuple[float, ...]
    likes: tuple[float, ...]


ARCHETYPES = (
    Archetype(
        key="loyal", name_en="Loyal regulars", name_zh="忠实买家", share=0.095, by_ads=0.0,
        visits=0.125, patience=6.0, comeback=0.03, promo=0.8,
        first=0.9, buys=0.36, basket=0.3, bulk=0.2, coupons=0.1,
        reads=0.12, actions=3.1, subscribes=0.25, evening=0.55,
        platforms=(0.42, 0.38, 0.1, 0.1),
        likes=(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    ),
    Archetype(
        key="bargain", name_en="Festival hunters", name_zh="大促囤货", share=0.17, by_ads=0.02,
        visits=0.038, patience=6.0, comeback=0.025, promo=1.4,
        first=1.0, buys=0.14, basket=1.6, bulk=1.4, coupons=0.45,
        reads=0.08, actions=3.0, subscribes=0.03, evening=0.85,
        platforms=(0.1, 0.3, 0.5, 0.1),
        likes=(0.5, 1.0, 0.5, 0.3, 2.0, 0.5, 2.0, 1.0),
    ),
    Archetype(
        key="reader", name_en="Content readers", name_zh="内容读者", share=0.115, by_ads=0.02,
        visits=0.07, patience=6.0, comeback=0.03, promo=0.5,
        first=0.0, buys=0.001, basket=0.2, bulk=0.2, coupons=0.05,
        reads=0.85, actions=2.7, subscribes=0.16, evening=0.75,
        platforms=(0.3, 0.5, 0.1, 0.1),
        likes=(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    ),
    Archetype(
        key="casual", name_en="Occasional buyers", name_zh="偶尔买买", share=0.25, by_ads=0.02,
        visits=0.007, patience=3.0, comeback=0.004, promo=1.0,
        first=1.0, buys=0.02, basket=0.0, bulk=0.05, coupons=0.12,
        reads=0.25, actions=2.9, subscribes=0.02, evening=0.35,
        platforms=(0.15, 0.15, 0.15, 0.55),
        likes=(0.5, 0.8, 0.2, 2.0, 0.4, 2.0, 0.2, 0.6),
    ),
    Archetype(
        key="taster", name_en="One-time tasters", name_zh="浅尝辄止", share=0.37, by_ads=1.0,
        visits=0.06, patience=0.5, comeback=0.0008, promo=1.0,
        first=0.01, buys=0.005, basket=0.0, bulk=0.1, coupons=0.12,
        reads=0.35, actions=2.7, subscribes=0.0, evening=0.6,
        platforms=(0.15, 0.2, 0.45, 0.2),
        likes=(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    ),
)  # fmt: skip


def column(name: str) -> Floats:
    """One number per archetype, in the order of ``ARCHETYPES``."""
    return np.array([getattr(kind, name) for kind in ARCHETYPES])

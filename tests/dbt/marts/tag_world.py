"""Small random worlds of people who are described, act, buy, get refunds and change their minds."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pandas as pd

AS_OF = date(2026, 3, 4)  # a Wednesday
FIRST = AS_OF - timedelta(days=110)
PURPOSES = ("profiling", "personalisation")


@dataclass(frozen=True)
class Version:
    person: str
    account: str
    feed: str
    at: datetime
    level: str | None
    city: str | None
    score: str | None


@dataclass(frozen=True)
class Event:
    person: str
    at: datetime
    name: str
    is_core: bool
    category: str | None
    source: str | None
    mood: str | None


@dataclass(frozen=True)
class Order:
    order_id: str
    person: str | None
    at: datetime
    gross: Decimal | None
    refund: Decimal
    refunded_at: datetime | None
    is_cancelled: bool
    coupon: str | None
    items: tuple[str | None, ...]

    @property
    def is_purchase(self) -> bool:
        return not self.is_cancelled and self.gross is not None and self.gross > 0


@dataclass
class World:
    known: dict[str, date] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    granted: dict[str, set[str]] = field(default_factory=dict)


def make(seed: int) -> World:
    """A world of its own for every seed; business days are days of UTC in it."""
    chance = random.Random(seed)
    world = World()
    for number in range(chance.randint(1, 9)):
        person = f"p{number}"
        first = FIRST + timedelta(days=chance.randrange(111))
        world.known[person] = first
        world.granted[person] = {p for p in PURPOSES if chance.random() < 0.8}
        _describe(world, person, first, chance)
        _live(world, person, first, chance)
    if chance.random() < 0.5:
        _order(world, None, FIRST + timedelta(days=70), chance)
    return world


def _at(day: date, chance: random.Random) -> datetime:
    # Few instants a day, so that many things happen at once.
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=chance.choice([0, 9, 9, 23]))


def _describe(world: World, person: str, first: date, chance: random.Random) -> None:
    for account in [person, *([f"{person}b"] if chance.random() < 0.2 else [])]:
        for feed in ("crm", "scores"):
            days = {first + timedelta(days=chance.randrange(120)) for _ in range(chance.randrange(5))}
            for day in sorted(day for day in days if day <= AS_OF):
                is_crm = feed == "crm"
                version = Version(
                    person,
                    account,
                    feed,
                    # No two feeds speak at the same instant: which of them is right is nobody's to say.
                    _at(day, chance) + timedelta(minutes=len(world.versions)),
                    chance.choice(["gold", "basic", None]) if is_crm else None,
                    chance.choice(["Xi'an", "北京"]) if is_crm else None,
                    chance.choice(["1", "2", None]),
                )
                world.versions.append(version)


def _live(world: World, person: str, first: date, chance: random.Random) -> None:
    day = first + timedelta(days=chance.choice([0, 0, 3, 30]))
    while day <= AS_OF:
        for _ in range(chance.choice([1, 1, 2, 3])):
            name = chance.choice(["look", "cart", "sent", "it's"])
            world.events.append(
                Event(
                    person,
                    _at(day, chance),
                    name,
                    name != "sent",
                    chance.choice(["tea", "cups", "音乐", None]),
                    chance.choice(["mail", "ads", None, None]),
                    chance.choice(["good", "bad", None, None]),
                )
            )
        if chance.random() < 0.3:
            _order(world, person, day, chance)
        # The gaps at which the windows and validities of the tags end come up often.
        day += timedelta(days=chance.choice([1, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 20, 21, 22, 40, 61]))


def _order(world: World, person: str | None, day: date, chance: random.Random) -> None:
    gross = chance.choice([Decimal(5), Decimal(10), Decimal("10.005"), Decimal(20), Decimal(-3), None])
    at = _at(day, chance)
    refunded_at = at + timedelta(days=chance.choice([-2, 0, 1, 10, 14, 15]))
    is_refunded = bool(gross and gross > 0 and chance.random() < 0.4) and refunded_at.date() <= AS_OF
    world.orders.append(
        Order(
            f"o{len(world.orders)}",
            person,
            at,
            gross,
            Decimal("2.5") * is_refunded,
            chance.choice([refunded_at, None]) if is_refunded else None,
            chance.random() < 0.15,
            chance.choice(["TEN", "FREE", None]),
            tuple(chance.choice(["mug", "pot", None]) for _ in range(chance.randrange(3))),
        )
    )


def tables(world: World) -> dict[str, pd.DataFrame]:
    """The world as the tables the tags are made from."""
    accounts = {v.account: v.person for v in world.versions}
    days: dict[tuple[str, date], dict[str, object]] = {}
    for key in [(e.person, e.at.date()) for e in world.events] + [
        (o.person, o.at.date()) for o in world.orders if o.person
    ]:
        events = [e for e in world.events if (e.person, e.at.date()) == key]
        bought = [o for o in world.orders if (o.person, o.at.date()) == key and o.is_purchase]
        core = sum(e.is_core for e in events)
        days[key] = {
            "user_key": key[0],
            "day": key[1],
            "event_count": len(events),
            "core_event_count": core,
            "session_count": 1 if events else 0,
            "order_count": len(bought),
            "is_active": bool(core or bought),
        }
    return {
        "intermediate.int_users__people": pd.DataFrame(
            [
                {"user_key": p, "first_seen_at": datetime.combine(first, datetime.min.time())}
                for p, first in world.known.items()
            ]
        ),
        "intermediate.int_users__identifiers": pd.DataFrame(
            [{"id_type": "user_id", "id": a, "user_key": p} for a, p in accounts.items()]
        ),
        "staging.stg_user_versions": pd.DataFrame(
            [
                {
                    "user_id": v.account,
                    "feed": v.feed,
                    "stated_at": v.at,
                    "membership_level": v.level,
                    "city": v.city,
                    "attributes": json.dumps({"score": v.score} if v.score else {}),
                }
                for v in world.versions
            ]
        ),
        "intermediate.int_behaviour__events": pd.DataFrame(
            [
                {
                    "event_id": f"e{n}",
                    "user_key": e.person,
                    "event_name": e.name,
                    "occurred_at": e.at,
                    "event_day": e.at.date(),
                    "is_core": e.is_core,
                    "item_category": e.category,
                    "utm_source": e.source,
                    "properties": json.dumps({"mood": e.mood} if e.mood else {}),
                }
                for n, e in enumerate(world.events)
            ]
        ),
        "intermediate.int_lifecycle__active_days": pd.DataFrame(list(days.values())),
        "intermediate.int_value__orders": pd.DataFrame(
            [
                {
                    "order_id": o.order_id,
                    "user_key": o.person,
                    "ordered_at": o.at,
                    "order_day": o.at.date(),
                    "status": "cancelled" if o.is_cancelled else "paid",
                    "gross_amount": o.gross,
                    "refunded_amount": o.refund,
                    "refunded_at": o.refunded_at,
                    "coupon_code": o.coupon,
                    "is_purchase": o.is_purchase,
                }
                for o in world.orders
            ]
        ),
        "intermediate.int_value__order_items": pd.DataFrame(
            [
                {"order_id": o.order_id, "user_key": o.person, "line_number": n, "product_id": item}
                for o in world.orders
                for n, item in enumerate(o.items)
            ]
        ),
        "intermediate.int_privacy__consents": pd.DataFrame(
            [
                {"user_key": p, "purpose": q, "status": "granted" if q in granted else "withdrawn"}
                for p, granted in world.granted.items()
                for q in PURPOSES
            ]
        ),
    }

"""Small seeded worlds: a few people with bursts, silences, refunds, guests and passive events."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pandas as pd

LAST = date(2026, 6, 30)
EIGHT_HOURS = timedelta(hours=8)  # Shanghai, the business zone of these worlds


@dataclass(frozen=True)
class Event:
    person: str
    day: date
    at: datetime  # UTC
    is_core: bool


@dataclass(frozen=True)
class Order:
    order_id: str
    person: str | None
    day: date
    at: datetime
    gross: Decimal
    refund: Decimal
    refunded_day: date | None
    is_cancelled: bool

    @property
    def is_purchase(self) -> bool:
        return self.gross > 0 and not self.is_cancelled

    @property
    def revenue(self) -> Decimal:
        return Decimal(0) if self.is_cancelled else self.gross - self.refund


@dataclass
class World:
    """What happened, as plain Python; the oracle reads this and never a table."""

    known: dict[str, tuple[date | None, date]] = field(default_factory=dict)  # registered, first seen
    events: list[Event] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    clicks: list[tuple[str, date]] = field(default_factory=list)
    feedback: list[tuple[str, date]] = field(default_factory=list)

    def until(self, day: date) -> World:
        """The same world as it was at the end of a day: later refunds have not happened either."""
        seen = World(known={p: k for p, k in self.known.items() if k[1] <= day})
        seen.events = [e for e in self.events if e.day <= day]
        for order in self.orders:
            if order.day <= day:
                later = order.refunded_day is not None and order.refunded_day > day
                values = vars(order) | ({"refund": Decimal(0), "refunded_day": None} if later else {})
                seen.orders.append(Order(**values))
        seen.clicks = [c for c in self.clicks if c[1] <= day]
        seen.feedback = [f for f in self.feedback if f[1] <= day]
        return seen

    def active_days(self) -> dict[str, list[date]]:
        """Each person's days with a core event or a purchase."""
        days: dict[str, set[date]] = {person: set() for person in self.known}
        for event in self.events:
            if event.is_core:
                days[event.person].add(event.day)
        for order in self.orders:
            if order.person and order.is_purchase:
                days[order.person].add(order.day)
        return {person: sorted(found) for person, found in days.items()}


def instant(day: date, chance: random.Random) -> datetime:
    """Some second of a business day, as naive UTC."""
    return (
        datetime.combine(day, datetime.min.time()) + timedelta(seconds=chance.randrange(86400)) - EIGHT_HOURS
    )


def make(seed: int, people: int = 30, days: int = 430) -> World:
    """A world of its own for every seed, ending on the last day."""
    chance = random.Random(seed)
    world = World()
    start = LAST - timedelta(days=days)
    for number in range(people):
        person = f"p{number:02d}"
        first = start + timedelta(days=chance.randrange(days))
        registered = chance.choice([None, first, first + timedelta(days=chance.randrange(5))])
        world.known[person] = (registered if registered is None or registered <= LAST else None, first)
        _live(world, person, first, chance)
    for number in range(5):
        _order(world, f"guest{number}", None, start + timedelta(days=chance.randrange(days)), chance)
    return world


def _live(world: World, person: str, first: date, chance: random.Random) -> None:
    day = first + timedelta(days=chance.choice([0, 0, 1, 20]))
    eager = chance.random()
    while day <= LAST:
        for _ in range(chance.choice([1, 1, 2, 4])):
            is_core = chance.random() < 0.8
            world.events.append(Event(person, day, instant(day, chance), is_core))
        if chance.random() < eager * 0.5:
            _order(world, f"{person}-{len(world.orders)}", person, day, chance)
        if chance.random() < 0.1:
            world.clicks.append((person, day))
        if chance.random() < 0.1:
            world.feedback.append((person, day))
        # The gaps at which the rules change their mind come up often.
        day += timedelta(days=chance.choice([1, 1, 2, 3, 7, 13, 14, 15, 29, 30, 31, 59, 60, 61, 62, 120]))


def _order(world: World, order_id: str, person: str | None, day: date, chance: random.Random) -> None:
    gross = Decimal(chance.choice([5, 10, 10, 10, 20, 50, -10, 0]))
    is_refunded = gross > 0 and chance.random() < 0.3
    refunded_day = day + timedelta(days=chance.choice([0, 1, 10, 40])) if is_refunded else None
    if refunded_day is not None and refunded_day > LAST:
        refunded_day, is_refunded = None, False
    refund = gross if is_refunded and chance.random() < 0.3 else Decimal("2.5") * is_refunded
    is_cancelled = chance.random() < 0.1
    world.orders.append(
        Order(order_id, person, day, instant(day, chance), gross, refund, refunded_day, is_cancelled)
    )


def tables(world: World) -> dict[str, pd.DataFrame]:
    """The world as intermediate tables; one session a person and day."""
    sessions: dict[tuple[str, date], list[Event]] = {}
    for event in world.events:
        sessions.setdefault((event.person, event.day), []).append(event)
    orders_by_day: dict[tuple[str, date], list[Order]] = {}
    for order in world.orders:
        if order.person:
            orders_by_day.setdefault((order.person, order.day), []).append(order)
    return {
        "int_users__people": pd.DataFrame(
            [
                {
                    "person_id": f"u:{person}",
                    "user_key": person,
                    "registered_at": registered and datetime.combine(registered, datetime.min.time()),
                    "first_seen_at": datetime.combine(first, datetime.min.time()),
                }
                for person, (registered, first) in world.known.items()
            ]
        ),
        "int_behaviour__events": pd.DataFrame(
            [
                {
                    "event_id": f"e{number}",
                    "user_key": event.person,
                    "session_id": f"{event.person} {event.day}",
                    "event_name": "look" if event.is_core else "sent",
                    "occurred_at": event.at,
                    "event_day": event.day,
                    "is_core": event.is_core,
                }
                for number, event in enumerate(world.events)
            ]
        ),
        "int_behaviour__sessions": pd.DataFrame(
            [
                {
                    "session_id": f"{person} {day}",
                    "user_key": person,
                    "started_at": min(e.at for e in found),
                    "ended_at": max(e.at for e in found),
                    "session_day": day,
                    "event_count": len(found),
                    "lead_seconds": 0,
                }
                for (person, day), found in sessions.items()
            ]
        ),
        "int_value__orders": pd.DataFrame([_order_row(order) for order in world.orders]),
        "int_lifecycle__active_days": pd.DataFrame(
            [
                _day_row(*key, sessions.get(key, []), orders_by_day.get(key, []))
                for key in sorted(sessions.keys() | orders_by_day.keys())
            ]
        ),
        "int_lifecycle__returns": pd.DataFrame(
            [
                {"user_key": person, "day": day, "previous_day": before, "next_day": after}
                for person, found in world.active_days().items()
                for before, day, after in zip([None, *found], found, [*found[1:], None], strict=False)
            ]
        ),
        "int_campaigns__touches": pd.DataFrame(
            [
                {
                    "touch_id": f"t{n}",
                    "campaign_id": "c1",
                    "user_key": person,
                    "action": "clicked",
                    "occurred_at": pd.Timestamp(day) + pd.Timedelta(hours=4),
                    "touch_day": day,
                }
                for n, (person, day) in enumerate(world.clicks)
            ]
        ),
        "int_feedback__feedback": pd.DataFrame(
            [
                {
                    "feedback_id": f"f{n}",
                    "user_key": person,
                    "submitted_at": datetime.combine(day, datetime.min.time()),
                    "feedback_day": day,
                }
                for n, (person, day) in enumerate(world.feedback)
            ]
        ),
    }


def _order_row(order: Order) -> dict[str, object]:
    refunded = order.refunded_day and datetime.combine(order.refunded_day, datetime.min.time())
    return {
        "order_id": order.order_id,
        "user_key": order.person,
        "ordered_at": order.at,
        "order_day": order.day,
        "status": "cancelled" if order.is_cancelled else "paid",
        "gross_amount": order.gross,
        "refunded_amount": order.refund,
        "refunded_at": refunded,
        "revenue": order.revenue,
        "is_purchase": order.is_purchase,
    }


def _day_row(person: str, day: date, events: list[Event], orders: list[Order]) -> dict[str, object]:
    core = sum(e.is_core for e in events)
    purchases = sum(o.is_purchase for o in orders)
    return {
        "user_key": person,
        "day": day,
        "event_count": len(events),
        "core_event_count": core,
        "session_count": 1 if events else 0,
        "order_count": purchases,
        "revenue": sum((o.revenue for o in orders), Decimal(0)),
        "is_active": bool(core or purchases),
    }

"""The dictionary's definitions once more, read literally: day by day, person by person, no SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil

import pandas as pd

from tests.dbt.marts.world import World

WINDOWS = (7, 14, 28, 56, 90, 180, 365)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def period_of(day: date, granularity: str) -> date:
    """The first day of the day's period."""
    if granularity == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if granularity == "month" else day


def growth(world: World, as_of: date) -> pd.DataFrame:
    """Growth accounting from sets of people, period by period."""
    days = world.active_days()
    first = min(found[0] for found in days.values() if found)
    rows = []
    for granularity in ("day", "week", "month"):
        periods = list(dict.fromkeys(period_of(day, granularity) for day in days_between(first, as_of)))
        before: set[str] = set()
        ever: set[str] = set()
        for period in periods:
            now = {p for p, found in days.items() if any(period_of(d, granularity) == period for d in found)}
            new, retained = now - ever, now & before
            back, churned = now - before - new, before - now
            quick = (len(new) + len(back)) / len(churned) if churned else None
            rows.append(
                (granularity, period, len(now), len(new), len(retained), len(back), len(churned), quick)
            )
            before, ever = now, ever | now
    names = ["granularity", "period_start", "active", "new", "retained", "resurrected", "churned"]
    return pd.DataFrame(rows, columns=[*names, "quick_ratio"])


def engagement(world: World, as_of: date) -> pd.DataFrame:
    """Distinct people of every trailing window, counted anew each day."""
    days = world.active_days()
    first = min([e.day for e in world.events] + [o.day for o in world.orders])

    def people(day: date, width: int) -> int:
        since = day - timedelta(days=width)
        return sum(any(since < d <= day for d in found) for found in days.values())

    rows = []
    for day in days_between(first, as_of):
        mau = people(day, 30)
        orders = [o for o in world.orders if o.day == day]
        rows.append(
            {
                "day": day,
                "dau": people(day, 1),
                "wau": people(day, 7),
                "mau": mau,
                "stickiness": people(day, 1) / mau if mau else None,
                "new_users": sum(bool(found) and found[0] == day for found in days.values()),
                "sessions": len({e.person for e in world.events if e.day == day}),
                "events": sum(e.day == day for e in world.events),
                "orders": sum(o.is_purchase for o in orders),
                "revenue": float(sum(o.revenue for o in orders)),
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Rules:
    """The day counts of the life cycle."""

    new: int = 14
    active: int = 14
    dormant: int = 60
    silent: int = 60
    resurrected: int = 14


def state(active: list[date], day: date, rules: Rules) -> str:
    """The state on one day, from the active days up to it; the first match wins."""
    past = [d for d in active if d <= day]
    if not past:
        return "registered"
    returns = [after for before, after in pairwise(past) if (after - before).days > rules.silent]
    quiet = (day - past[-1]).days
    if (day - past[0]).days <= rules.new:
        return "new"
    if returns and (day - returns[-1]).days <= rules.resurrected:
        return "resurrected"
    return "active" if quiet <= rules.active else "dormant" if quiet <= rules.dormant else "churned"


def spans(world: World, as_of: date, rules: Rules) -> pd.DataFrame:
    """A state for every day a person is known, equal neighbours merged."""
    rows = []
    for person, (registered, seen) in world.known.items():
        active = world.active_days()[person]
        first = min(d for d in (registered, seen) if d)
        by_day = [(day, state(active, day, rules)) for day in days_between(first, as_of)]
        for name, group in groupby(by_day, key=lambda pair: pair[1]):
            days = [day for day, _ in group]
            rows.append((person, name, days[0], days[-1], len(days)))
    return pd.DataFrame(rows, columns=["user_key", "state", "from_day", "to_day", "days"])


def scores(values: dict[str, Fraction]) -> dict[str, int]:
    """1 to 5 by fifths of the people, one value after the other from the lowest.

    A value scores the fifth its middle person is in, but at most one above the value before it, and
    with five values or more high enough that those after it can still reach 5.
    """
    distinct = sorted(set(values.values()))
    levels: dict[Fraction, int] = {}
    level = 0
    for number, value in enumerate(distinct, 1):
        below = sum(v < value for v in values.values())
        ties = sum(v == value for v in values.values())
        fifth = ceil(Fraction(5) * (below + Fraction(ties, 2)) / len(values))
        if len(distinct) >= 5:
            fifth = min(level + 1, max(fifth, 5 - (len(distinct) - number)))
        levels[value] = level = fifth
    return {person: levels[value] for person, value in values.items()}


def user_value(world: World, as_of: date) -> pd.DataFrame:
    """RFM and the inputs of CLV of everybody who bought."""
    buyers = sorted({o.person for o in world.orders if o.person and o.is_purchase})
    rows = []
    for person in buyers:
        orders = [o for o in world.orders if o.person == person]
        purchases = [o for o in orders if o.is_purchase]
        days = sorted({o.day for o in purchases})
        repeat = sum(o.revenue for o in purchases if o.day != days[0])
        year = as_of - timedelta(days=365)
        rows.append(
            {
                "user_key": person,
                "days_since_last_purchase": (as_of - days[-1]).days,
                "purchase_count": len(purchases),
                "revenue": float(sum(o.revenue for o in orders)),
                "revenue_365": float(sum(o.revenue for o in orders if o.day > year)),
                "clv_frequency": len(days) - 1,
                "clv_recency": (days[-1] - days[0]).days,
                "clv_age": (as_of - days[0]).days,
                "clv_monetary_value": round(float(repeat) / (len(days) - 1), 4) if len(days) > 1 else None,
            }
        )
    found = pd.DataFrame(rows)
    for name, column, sign in (
        ("r_score", "days_since_last_purchase", -1),
        ("f_score", "purchase_count", 1),
        ("m_score", "revenue", 1),
    ):
        given = {p: Fraction(v) * sign for p, v in zip(found.user_key, found[column], strict=True)}
        found[name] = found.user_key.map(scores(given))
    return found


def snapshot(world: World, day: date, lookback: int) -> pd.DataFrame:
    """The features of everyone known on a day, out of nothing but the world as it was then."""
    past = world.until(day)
    rows = []

    def age(then: date) -> int:
        return (day - then).days

    for person, (registered, seen) in past.known.items():
        active = past.active_days()[person]
        events = [e.day for e in past.events if e.person == person]
        bought = [o for o in past.orders if o.person == person and o.is_purchase]
        bought_days = sorted({o.day for o in bought})
        revenue = {o: float(o.gross - (o.refund if o.refunded_day else 0)) for o in bought}
        row: dict[str, object] = {"as_of": day, "user_key": person}
        row["is_eligible"] = bool(active) and age(active[-1]) < lookback
        for width in WINDOWS:
            row[f"active_days_{width}"] = sum(age(d) < width for d in active)
            row[f"events_{width}"] = sum(age(d) < width for d in events)
            row[f"sessions_{width}"] = sum(age(d) < width for d in set(events))
            row[f"orders_{width}"] = sum(age(o.day) < width for o in bought)
            row[f"revenue_{width}"] = sum(v for o, v in revenue.items() if age(o.day) < width)
        gap = (active[-1] - active[0]).days / (len(active) - 1) if len(active) > 1 else None
        row |= {
            "days_since_last_active": age(active[-1]) if active else None,
            "days_since_last_order": age(bought_days[-1]) if bought else None,
            "tenure_days": age(min(d for d in (registered, seen) if d)),
            "active_days_all": len(active),
            "orders_all": len(bought),
            "revenue_all": sum(revenue.values()),
            "mean_gap_days": gap,
            "gap_ratio": age(active[-1]) / gap if gap else None,
            "repeat_purchase_days": len(bought_days) - 1 if bought else None,
            "purchase_recency_days": (bought_days[-1] - bought_days[0]).days if bought else None,
            "purchase_age_days": age(bought_days[0]) if bought else None,
            "touches_clicked_90": sum(p == person and age(d) < 90 for p, d in past.clicks),
            "feedback_365": sum(p == person and age(d) < 365 for p, d in past.feedback),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def labels(world: World, day: date, lookback: int, horizon: int) -> pd.DataFrame:
    """Who of the eligible stayed away through the horizon."""
    rows = []
    for person, found in world.active_days().items():
        is_eligible = any(0 <= (day - d).days < lookback for d in found)
        if is_eligible and world.known[person][1] <= day:
            rows.append((day, person, not any(0 < (d - day).days <= horizon for d in found)))
    return pd.DataFrame(rows, columns=["as_of", "user_key", "is_churned"])

"""Random registrations, orders and spend through dbt, and each cohort followed person by person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

AS_OF = date(2026, 6, 29)  # the last month is not over
FIRST = date(2025, 12, 20)
DAYS = [FIRST + timedelta(days=n) for n in range((AS_OF - FIRST).days + 1)]
WITHIN, WINDOW = 7, 30
MIDNIGHT = timedelta(hours=8)  # of UTC in Shanghai
MODELS = (
    "int_lifecycle__active_days",
    "int_lifecycle__activations",
    "fct_orders",
    "fct_lifecycle_spans",
    "dim_users",
    "rpt_acquisition",
)
Cohort = tuple[date, str, str]


@dataclass(frozen=True)
class Person:
    registered: date | None
    seen: date
    channel: str | None
    campaign: str | None
    looks: dict[date, bool]  # days with an event, and whether it is a core action
    orders: list[tuple[date, int, int, bool]]  # day, amount, refund, cancelled


@dataclass(frozen=True)
class Spent:
    campaign: str
    day: date
    amount: int


def _person(
    registered: int | None,
    before: int,
    source: tuple[str | None, str | None],
    looks: dict[int, bool],
    orders: list[tuple[int, int, int, bool]],
) -> Person:
    day = None if registered is None else DAYS[registered]
    seen = max(FIRST, (day or AS_OF) - timedelta(days=before))
    return Person(
        day,
        seen,
        *source,
        {
            seen + timedelta(days=age): core
            for age, core in looks.items()
            if seen + timedelta(days=age) <= AS_OF
        },
        [
            (seen + timedelta(days=age), *order)
            for age, *order in orders
            if seen + timedelta(days=age) <= AS_OF
        ],
    )


# The ages at which the rules change their mind come up often.
ages = st.sampled_from([0, 1, 6, 7, 8, 29, 30, 31, 59, 60, 61, 89, 90, 91, 119, 120, 121])
people = st.builds(
    _person,
    st.one_of(st.none(), st.sampled_from([0, 11, 12, 42, 43, 60, 61, 68, 70, 130, 191]), st.integers(0, 191)),
    st.sampled_from([0, 0, 0, 1, 5, 9]),
    st.tuples(st.sampled_from(["search", "social", None]), st.sampled_from(["c1", "c2", None])),
    st.dictionaries(ages, st.booleans(), max_size=5),
    st.lists(
        st.tuples(ages, st.sampled_from([10, 25, 0, -5]), st.sampled_from([0, 0, 5]), st.booleans()),
        max_size=4,
    ),
)
spending = st.builds(
    Spent,
    st.sampled_from(["c1", "c2", "c3"]),
    st.sampled_from(DAYS[::7]),
    st.sampled_from([0, 5, 10, 10, 35]),
)


@pytest.fixture(scope="module")
def acquired(house: House) -> Iterator[Tables]:
    with compiled(house, *MODELS, as_of=AS_OF) as tables:
        yield tables


def tables(drawn: list[Person], spent: list[Spent]) -> dict[str, pd.DataFrame]:
    """The world as intermediate tables; the last event of a person is at noon, an order at one."""

    def at(day: date | None, hours: int) -> object:
        return (
            pd.NaT
            if day is None
            else datetime.combine(day, datetime.min.time()) - MIDNIGHT + timedelta(hours=hours)
        )

    known = [
        {
            "person_id": f"u:p{n}",
            "user_key": f"p{n}",
            "registered_at": at(p.registered, 0),
            "first_seen_at": at(p.seen, 23),
            "acquisition_channel": p.channel,
            "acquisition_campaign_id": p.campaign,
        }
        for n, p in enumerate(drawn)
    ]
    events = [
        {
            "user_key": f"p{n}",
            "event_name": "look",
            "occurred_at": at(day, 12),
            "event_day": day,
            "is_core": core,
        }
        for n, p in enumerate(drawn)
        for day, core in p.looks.items()
    ]
    orders = [
        {
            "user_key": f"p{n}",
            "ordered_at": at(day, 13),
            "order_day": day,
            "gross_amount": amount,
            "refunded_amount": refund,
            "revenue": 0 if is_cancelled else amount - refund,
            "is_purchase": amount > 0 and not is_cancelled,
        }
        for n, p in enumerate(drawn)
        for day, amount, refund, is_cancelled in p.orders
    ]
    # Somebody whom no source knows buys too: nobody's cohort.
    orders.append(orders[0] | {"user_key": None} if orders else {})
    spend: dict[tuple[str, date], int] = {}
    for one in spent:
        spend[one.campaign, one.day] = spend.get((one.campaign, one.day), 0) + one.amount
    return {
        "intermediate.int_users__people": pd.DataFrame(known),
        "intermediate.int_behaviour__events": pd.DataFrame(events).assign(
            event_id=[f"e{n}" for n in range(len(events))]
        ),
        "intermediate.int_value__orders": pd.DataFrame(
            [row | {"order_id": f"o{n:03}"} for n, row in enumerate(orders) if row]
        ),
        "intermediate.int_campaigns__spend": pd.DataFrame(
            [
                {"campaign_id": campaign, "spend_day": day, "channel": f"own of {campaign}", "amount": amount}
                for (campaign, day), amount in spend.items()
            ]
        ),
    }


def month(day: date) -> date:
    return day.replace(day=1)


def month_end(start: date) -> date:
    return month(start + timedelta(days=31)) - timedelta(days=1)


def active(person: Person) -> set[date]:
    bought = {day for day, amount, _, is_cancelled in person.orders if amount > 0 and not is_cancelled}
    return {day for day, is_core in person.looks.items() if is_core} | bought


def first_order(person: Person) -> tuple[date, int, int, bool] | None:
    """The first purchase; of several on one day the one delivered first."""
    purchases = [order for order in person.orders if order[1] > 0 and not order[3]]
    return min(purchases, key=lambda order: order[0]) if purchases else None


def revenue_by(person: Person, age: int) -> int:
    """All that was paid, less what was given back, up to so many days after they registered."""
    assert person.registered
    last = person.registered + timedelta(days=age)
    return sum(
        amount - refund
        for day, amount, refund, is_cancelled in person.orders
        if not is_cancelled and day <= last
    )


def share_of_spend(spent: list[Spent], cohorts: dict[Cohort, list[Person]]) -> dict[Cohort, Fraction]:
    """A campaign's money of a month by the people it brought, or on its own channel when nobody came."""
    money: dict[Cohort, Fraction] = {}
    for one in spent:
        start = month(one.day)
        brought = {key: found for key, found in cohorts.items() if key[0] == start and key[2] == one.campaign}
        total = sum(map(len, brought.values()))
        for key, found in brought.items():
            money[key] = money.get(key, Fraction(0)) + Fraction(one.amount * len(found), total)
        if not brought and one.amount:
            key = (start, f"own of {one.campaign}", one.campaign)
            money[key] = money.get(key, Fraction(0)) + one.amount
    return money


def expected(drawn: list[Person], spent: list[Spent]) -> dict[Cohort, dict[str, object]]:
    """Every cohort by itself."""
    cohorts: dict[Cohort, list[Person]] = {}
    for person in drawn:
        if person.registered:
            key = (month(person.registered), person.channel or "unknown", person.campaign or "none")
            cohorts.setdefault(key, []).append(person)
    money = share_of_spend(spent, cohorts)
    return {key: _row(key[0], cohorts.get(key, []), money.get(key, Fraction(0))) for key in cohorts | money}


def _row(start: date, cohort: list[Person], spend: Fraction) -> dict[str, object]:
    def kept(days: int) -> float | None:
        if not cohort or month_end(start) + timedelta(days=days + WINDOW - 1) > AS_OF:
            return None
        window = range(days, days + WINDOW)
        return sum(any((day - p.registered).days in window for day in active(p)) for p in cohort) / len(
            cohort
        )

    def known(person: Person) -> date:
        return min(d for d in (person.registered, person.seen) if d)

    firsts = [order for person in cohort if (order := first_order(person))]
    paid_back = [
        age
        for age in range((AS_OF - start).days + 1)
        if spend and sum(revenue_by(p, age) for p in cohort) >= spend
    ]
    return {
        "registrations": len(cohort),
        "activated": sum(any(0 <= (day - known(p)).days <= WITHIN for day in active(p)) for p in cohort),
        "converted": len(firsts),
        "first_order_revenue": sum(amount - refund for _, amount, refund, _ in firsts),
        "revenue": sum(revenue_by(p, 1000) for p in cohort),
        "retention_30": kept(30),
        "retention_90": kept(90),
        "spend": float(spend),
        "cost_per_registration": float(spend / len(cohort)) if cohort and spend else None,
        "payback_days": paid_back[0] if paid_back and cohort else None,
        "is_complete": month_end(start) <= AS_OF,
    }


@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(people, min_size=1, max_size=8), spent=st.lists(spending, max_size=6))
def test_every_cohort_is_followed_person_by_person(
    acquired: Tables, drawn: list[Person], spent: list[Spent]
) -> None:
    acquired.run(tables(drawn, spent))
    table = acquired.table("marts.rpt_acquisition")
    found = {
        (row["period_start"].date(), row["acquisition_channel"], row["campaign_id"]): row
        for row in table.to_dict("records")
    }
    wanted = expected(drawn, spent)
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        for column, value in row.items():
            seen = found[key][column]
            if value is None:
                assert pd.isna(seen), (key, column, seen)
            else:
                # Spend shared out is rounded to a hundredth of a cent, once per channel.
                assert float(seen) == pytest.approx(float(value), abs=1.01e-4), (key, column)
    assert float(table.spend.sum()) == sum(one.amount for one in spent)

"""Random subscriptions and journeys through dbt, and the same looked up day by day and visit by visit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt.marts.compiled import Tables, compiled
from tests.dbt.marts.conftest import House

AS_OF = date(2026, 3, 10)
FIRST = date(2025, 12, 20)
DAYS = [FIRST + timedelta(days=n) for n in range((AS_OF - FIRST).days + 1)]
GRACE, MOST = 3, 4
MIDNIGHT = timedelta(hours=8)  # of UTC in Shanghai
USERS = ["ann", "bo"]
Subscription = tuple[str, date, date | None, int]


@pytest.fixture(scope="module")
def bridge(house: House) -> Iterator[Tables]:
    models = ("int_value__subscriptions", "rpt_subscription_bridge")
    with compiled(house, *models, as_of=AS_OF, subscriptions_grace_days=GRACE) as tables:
        people = pd.DataFrame({"id_type": "user_id", "id": USERS, "user_key": USERS})
        rates = pd.DataFrame({"currency": "CNY", "day": DAYS, "exchange_rate": 1})
        tables.run({"intermediate.int_users__identifiers": people})
        tables.run({"intermediate.int_value__exchange_rates": rates})
        yield tables


@pytest.fixture(scope="module")
def journeys(house: House) -> Iterator[Tables]:
    given = {"attribution_max_touchpoints": MOST, "attribution_lookback_days": 30, "session_gap_minutes": 30}
    with compiled(house, "int_campaigns__touchpoints", as_of=AS_OF, **given) as tables:
        sources = pd.DataFrame({"source": ["google"], "category": ["search"]})
        tables.run({"staging.seed_source_categories": sources})
        yield tables


spans = st.tuples(
    st.sampled_from(USERS),
    st.integers(0, len(DAYS) - 1),
    st.one_of(st.none(), st.integers(0, 40)),
    st.sampled_from([0, 10, 10, 25]),
).map(lambda s: _subscription(*s))


def _subscription(user: str, start: int, length: int | None, amount: int) -> Subscription:
    end = None if length is None or start + length >= len(DAYS) else DAYS[start + length]
    return user, DAYS[start], end, amount


def standing(subscriptions: list[Subscription], user: str) -> list[tuple[int, int]]:
    """Per day how many run and their sum; a short gap is filled with what ran on the day before it."""
    own = [s for s in subscriptions if s[0] == user]
    days = [
        [amount for _, start, end, amount in own if start <= day and (end is None or day < end)]
        for day in DAYS
    ]
    on = [n for n, running in enumerate(days) if running]
    for before, after in pairwise(on):
        if 1 < after - before <= GRACE + 1:
            gone = DAYS[before + 1]
            ended_last = [a for _, start, end, a in own if end == gone and start < gone]
            for n in range(before + 1, after):
                days[n] = ended_last
    return [(len(running), sum(running)) for running in days]


@settings(max_examples=60, deadline=None)
@given(subscriptions=st.lists(spans, min_size=1, max_size=8))
def test_the_bridge_is_what_changes_from_day_to_day(
    bridge: Tables, subscriptions: list[Subscription]
) -> None:
    frame = pd.DataFrame(subscriptions, columns=["user_id", "start", "end", "monthly_amount"])
    frame["subscription_id"] = [f"s{n}" for n in range(len(frame))]
    frame["currency"] = "CNY"
    frame["started_at"] = [
        datetime.combine(day, datetime.min.time()) - MIDNIGHT for day in frame.pop("start")
    ]
    ends = frame.pop("end")
    frame["ended_at"] = [
        pd.NaT if pd.isna(d) else datetime.combine(d, datetime.min.time()) - MIDNIGHT for d in ends
    ]
    bridge.run({"staging.stg_subscriptions": frame})
    found = bridge.table("marts.rpt_subscription_bridge").sort_values("period_start")

    moved: dict[date, Counter[str]] = {}
    closing: Counter[date] = Counter()
    for user in USERS:
        before, was = 0, 0
        for day, (running, amount) in zip(DAYS, standing(subscriptions, user), strict=True):
            month = moved.setdefault(day.replace(day=1), Counter())
            if (running > 0) != (before > 0):
                month["started" if running else "churned"] += amount if running else was
                month["subscribers_started" if running else "subscribers_churned"] += 1
            elif amount != was:
                month["expansion" if amount > was else "contraction"] += abs(amount - was)
            before, was = running, amount
            if day == AS_OF or (day + timedelta(days=1)).day == 1:
                closing[day.replace(day=1)] += amount
    for row in found.to_dict("records"):
        month = row["period_start"].date()
        for name in (
            "started",
            "churned",
            "expansion",
            "contraction",
            "subscribers_started",
            "subscribers_churned",
        ):
            assert float(row[name]) == moved[month][name], (month, name)
        assert float(row["closing"]) == closing[month]
    opened = min((s[1] for s in subscriptions if s[2] is None or s[2] > s[1]), default=AS_OF)
    assert found.period_start.iloc[0].date() == opened.replace(day=1)


# Half-hours, so that look-backs and session gaps are hit to the second.
moments = st.integers(0, 80 * 48).map(lambda n: datetime(2026, 1, 1) + timedelta(minutes=30 * n))
tags = st.sampled_from([(None, None, None), ("google", "cpc", None), ("email", "email", "C1")])
visits = st.lists(st.tuples(st.sampled_from(USERS), moments, tags), max_size=14)
clicks = st.lists(st.tuples(st.sampled_from(USERS), moments, st.sampled_from(["C1", "C2"])), max_size=5)
orders = st.lists(st.tuples(st.sampled_from(USERS), moments), min_size=1, max_size=4)
CHANNEL = {None: "Direct", "google": "Paid Search", "email": "Email"}


def what_led_to(user: str, at: datetime, seen: list[tuple], clicked: list[tuple]) -> list[tuple[str, str]]:
    """Touchpoint and channel, oldest first."""
    own = [
        (when, "session", f"s{n}", CHANNEL[tag[0]]) for n, (who, when, tag) in enumerate(seen) if who == user
    ]
    opened = [(when, tag[2]) for who, when, tag in seen if who == user]
    for n, (who, when, campaign) in enumerate(clicked):
        lands = any(c == campaign and abs(when - s) <= timedelta(minutes=30) for s, c in opened)
        if who == user and not lands:
            own.append((when, "click", f"t{n}", "SMS"))
    inside = sorted(t for t in own if at - timedelta(days=30) <= t[0] <= at)
    return [(touchpoint, channel) for _, _, touchpoint, channel in inside][-MOST:]


@settings(max_examples=60, deadline=None)
@given(seen=visits, clicked=clicks, bought=orders)
def test_touchpoints_are_those_of_the_look_back(
    journeys: Tables, seen: list[tuple], clicked: list[tuple], bought: list[tuple]
) -> None:
    sessions = [
        {"session_id": f"s{n}", "user_key": who, "started_at": at}
        | dict(zip(("utm_source", "utm_medium", "utm_campaign"), tag, strict=True))
        for n, (who, at, tag) in enumerate(seen)
    ]
    touches = [
        {"touch_id": f"t{n}", "user_key": who, "occurred_at": at, "campaign_id": campaign}
        | {"action": "clicked", "channel": "sms"}
        for n, (who, at, campaign) in enumerate(clicked)
    ]
    purchases = [
        {"order_id": f"o{n}", "user_key": who, "ordered_at": at, "is_purchase": True, "revenue": 1}
        for n, (who, at) in enumerate(bought)
    ]
    journeys.run(
        {
            "intermediate.int_behaviour__sessions": pd.DataFrame(sessions),
            "intermediate.int_campaigns__touches": pd.DataFrame(touches),
            "intermediate.int_value__orders": pd.DataFrame(purchases),
        }
    )
    table = journeys.table("intermediate.int_campaigns__touchpoints").sort_values(
        ["conversion_id", "position"]
    )
    for n, (who, at) in enumerate(bought):
        rows = table[table.conversion_id == f"o{n}"]
        expected = what_led_to(who, at, seen, clicked)
        assert list(zip(rows.touchpoint_id, rows.channel, strict=True)) == expected
        assert list(rows.position) == [*range(1, len(expected) + 1)]
        named = [channel != "Direct" for _, channel in expected]
        back = [sum(named[k:]) if named[k] else None for k in range(len(named))]
        assert [None if pd.isna(x) else int(x) for x in rows.non_direct_from_last] == back

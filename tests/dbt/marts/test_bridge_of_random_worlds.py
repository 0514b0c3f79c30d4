"""Random subscriptions through dbt, and the same looked up day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

AS_OF = date(2026, 3, 10)
FIRST = date(2025, 12, 20)
DAYS = [FIRST + timedelta(days=n) for n in range((AS_OF - FIRST).days + 1)]
GRACE = 3
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
    frame["is_void"] = False
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

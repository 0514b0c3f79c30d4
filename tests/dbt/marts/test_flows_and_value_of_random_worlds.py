"""Random people through the flow matrix and the value report, and the same counted person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

AS_OF = date(2026, 3, 4)  # a Wednesday, so that the week and the month are not over
FIRST = date(2025, 12, 28)
DAYS = [FIRST + timedelta(days=n) for n in range((AS_OF - FIRST).days + 1)]
STATES = ["registered", "new", "active", "resurrected", "dormant", "churned"]
PERIODS: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}
Row = dict[Any, Any]
Life = list[tuple[date, str]]  # the first day of each state
lives = st.dictionaries(st.integers(0, len(DAYS) - 1), st.sampled_from(STATES), min_size=1, max_size=8).map(
    lambda found: [(DAYS[n], found[n]) for n in sorted(found)]
)


@pytest.fixture(scope="module")
def flows(house: House) -> Iterator[Tables]:
    with compiled(house, "rpt_lifecycle_flows", as_of=AS_OF) as tables:
        yield tables


@pytest.fixture(scope="module")
def value(house: House) -> Iterator[Tables]:
    models = ("int_lifecycle__active_days", "rpt_value")
    with compiled(house, *models, as_of=AS_OF, orders_are_core=True) as tables:
        yield tables


def spans_of(life: Life) -> Life:
    return [span for n, span in enumerate(life) if n == 0 or life[n - 1][1] != span[1]]


def state_on(life: Life, day: date) -> str:
    return ([state for first, state in life if first <= day] or ["none"])[-1]


def flow_matrix(people: list[Life]) -> dict[tuple[object, ...], int]:
    """Everybody's state at the end of every period and of the one before it, looked up day by day."""
    found: dict[tuple[object, ...], int] = {}
    for granularity, period_of in PERIODS.items():
        ends = {period_of(day): day for day in DAYS}
        before = None
        for start, end in ends.items():
            for life in people:
                was, now = state_on(life, before) if before else "none", state_on(life, end)
                if now != "none":
                    key = (granularity, start, was, now)
                    found[key] = found.get(key, 0) + 1
            before = end
    return found


@settings(max_examples=60, deadline=None)
@given(people=st.lists(lives, min_size=1, max_size=6))
def test_flows_are_where_everybody_was_and_is(flows: Tables, people: list[Life]) -> None:
    rows = [
        {"user_key": f"p{n}", "state": state, "from_day": first}
        for n, life in enumerate(people)
        for first, state in spans_of(life)
    ]
    flows.run({"marts.fct_lifecycle_spans": pd.DataFrame(rows)})
    table = flows.table("marts.rpt_lifecycle_flows")
    found = {
        (row.granularity, row.period_start.date(), row.from_state, row.to_state): row.people
        for row in table.itertuples()
    }
    first = min(day for life in people for day, _ in life)
    expected = {k: n for k, n in flow_matrix(people).items() if k[1] >= PERIODS[str(k[0])](first)}
    assert found == expected
    complete = {key[:2]: flag for key, flag in zip(found, table.is_complete, strict=True)}
    assert not complete["month", date(2026, 3, 1)]
    assert complete["day", AS_OF]


orders = st.fixed_dictionaries(
    {
        "user_key": st.sampled_from(["ann", "bo", "cy", None]),
        "order_day": st.sampled_from(DAYS[::9]),
        "gross_amount": st.sampled_from([10, 25, 0, -5]),
        "refunded_amount": st.sampled_from([0, 0, 5, 30]),
        "is_cancelled": st.booleans(),
    }
)
looks = st.tuples(st.sampled_from(["ann", "bo", "cy", "di"]), st.sampled_from(DAYS[::9]), st.booleans())


def order_table(drawn: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(drawn).assign(order_id=[f"o{n}" for n in range(len(drawn))])
    kept = ~frame.pop("is_cancelled").astype(bool)
    frame["revenue"] = (frame.gross_amount - frame.refunded_amount).where(kept, 0)
    frame["is_purchase"] = kept & (frame.gross_amount > 0)
    return frame


def value_by_period(bought: pd.DataFrame, looked: pd.DataFrame, granularity: str) -> pd.DataFrame:
    """Each period by itself, with sets of people."""
    period_of = PERIODS[granularity]
    bills, looks = bought.to_dict("records"), looked.to_dict("records")
    first = min([bill["order_day"] for bill in bills] + [look["event_day"] for look in looks])
    debut: dict[str, date] = {}
    for bill in sorted(bills, key=lambda bill: bill["order_day"]):
        if bill["is_purchase"] and is_known(bill):
            debut.setdefault(bill["user_key"], period_of(bill["order_day"]))
    rows = []
    for start in dict.fromkeys(period_of(day) for day in DAYS if day >= first):
        here = [bill for bill in bills if period_of(bill["order_day"]) == start]
        purchases = [bill for bill in here if bill["is_purchase"]]
        times = Counter(bill["user_key"] for bill in purchases if is_known(bill))
        core = [look for look in looks if look["is_core"] and period_of(look["event_day"]) == start]
        active = {look["user_key"] for look in core} | times.keys()
        new = {person for person, day in debut.items() if day == start}
        again = sum(orders > 1 for orders in times.values())
        revenue, refunded = sum_of("revenue", here), sum_of("refunded_amount", purchases)
        gross = sum_of("gross_amount", purchases)
        rows.append(
            {
                "period_start": start,
                "active": len(active),
                "buyers": len(times),
                "repeat_buyers": again,
                "new_buyers": len(new),
                "orders": len(purchases),
                "guest_orders": sum(not is_known(bill) for bill in purchases),
                "revenue": revenue,
                "guest_revenue": sum_of("revenue", [bill for bill in here if not is_known(bill)]),
                "new_buyer_revenue": sum_of("revenue", [bill for bill in here if bill["user_key"] in new]),
                "refunded_amount": refunded,
                "arpu": revenue / len(active) if active else None,
                "aov": revenue / len(purchases) if purchases else None,
                "repurchase_rate": again / len(times) if times else None,
                "refund_rate": refunded / gross if gross else None,
            }
        )
    return pd.DataFrame(rows)


def is_known(bill: Row) -> bool:
    return isinstance(bill["user_key"], str)


def sum_of(amount: str, bills: list[Row]) -> float:
    return float(sum(bill[amount] for bill in bills))


@settings(max_examples=60, deadline=None)
@given(drawn=st.lists(orders, min_size=1, max_size=25), seen=st.lists(looks, min_size=1, max_size=15))
def test_value_is_that_of_each_period_by_itself(
    value: Tables, drawn: list[dict[str, object]], seen: list[tuple[object, ...]]
) -> None:
    bought = order_table(drawn)
    looked = pd.DataFrame(seen, columns=["user_key", "event_day", "is_core"])
    events = looked.assign(event_id=[f"e{n}" for n in range(len(looked))])
    value.run({"intermediate.int_value__orders": bought, "intermediate.int_behaviour__events": events})
    table = value.table("marts.rpt_value")
    for granularity in PERIODS:
        expected = value_by_period(bought, looked, granularity)
        found = table[table.granularity == granularity].sort_values("period_start").reset_index(drop=True)
        assert list(found.period_start.dt.date) == list(expected.period_start)
        numbers = [column for column in expected.columns if column != "period_start"]
        pd.testing.assert_frame_equal(
            found[numbers].apply(pd.to_numeric).astype("float64"),
            expected[numbers].apply(pd.to_numeric).astype("float64"),
            check_exact=False,
            rtol=0,
            atol=6e-5,
        )

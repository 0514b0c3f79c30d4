"""Random visits, clicks and purchases through dbt and the model, and the same shared out visit by visit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.attribution import training
from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

AS_OF = date(2026, 3, 20)
MOST, LOOK_BACK, GAP = 4, timedelta(days=30), timedelta(minutes=30)
USERS = ["ann", "bo"]
CHANNEL = {None: "Direct", "google": "Paid Search", "email": "Email"}
MODELS = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "markov")
Visit = tuple[str, datetime, tuple[str | None, str | None, str | None]]
Click = tuple[str, datetime, str]
Order = tuple[str, datetime, int]
Arrival = tuple[datetime, str, str, str]  # when, kind, touchpoint, channel

# Half-hours, so that look-backs, session gaps and purchases are hit to the second.
moments = st.integers(0, 75 * 48).map(lambda n: datetime(2026, 1, 1) + timedelta(minutes=30 * n))
tags = st.sampled_from([(None, None, None), ("google", "cpc", None), ("email", "email", "C1")])
visits = st.lists(st.tuples(st.sampled_from(USERS), moments, tags), max_size=14)
clicks = st.lists(st.tuples(st.sampled_from(USERS), moments, st.sampled_from(["C1", "C2"])), max_size=5)
orders = st.lists(
    st.tuples(st.sampled_from(USERS), moments, st.integers(-500, 100_000)), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def journeys(house: House) -> Iterator[Tables]:
    models = (
        "int_campaigns__ways",
        "int_campaigns__arrivals",
        "int_campaigns__look_backs",
        "int_campaigns__transitions",
        "fct_attribution_rows",
        "fct_attribution_way_rows",
        "fct_attribution",
    )
    given = {"attribution_max_touchpoints": MOST, "attribution_lookback_days": 30, "session_gap_minutes": 30}
    with compiled(house, *models, as_of=AS_OF, **given) as tables:
        sources = pd.DataFrame({"source": ["google"], "category": ["search"]})
        people = pd.DataFrame({"user_key": USERS})
        tables.run({"staging.seed_source_categories": sources, "intermediate.int_users__people": people})
        yield tables


def arrivals_of(user: str, seen: list[Visit], clicked: list[Click]) -> list[Arrival]:
    """Everything that brought a person, oldest first."""
    own = [(at, "session", f"s{n}", CHANNEL[tag[0]]) for n, (who, at, tag) in enumerate(seen) if who == user]
    opened = [(at, tag[2]) for who, at, tag in seen if who == user]
    for n, (who, at, campaign) in enumerate(clicked):
        lands = any(c == campaign and abs(at - begun) <= GAP for begun, c in opened)
        if who == user and not lands:
            own.append((at, "click", f"t{n}", "SMS"))
    return sorted(own)


def effects_of(arrivals: dict[str, list[Arrival]], bought: list[Order]) -> dict[str, float]:
    """Removal effects by sending a thousand steps of mass through the journeys as they were lived."""
    steps: dict[str, Counter[str]] = defaultdict(Counter)
    for user in USERS:
        lived = [(at, 0, channel) for at, _, _, channel in arrivals[user]]
        lived += [(at, 1, "bought") for who, at, _ in bought if who == user]
        before = "start"
        for n, (at, is_purchase, name) in enumerate(sorted(lived, key=lambda one: one[:2])):
            if is_purchase:
                before = "start"
                continue
            steps[before][name] += 1
            after = sorted(lived, key=lambda one: one[:2])[n + 1 : n + 2]
            goes_on = bool(after) and after[0][0] - at <= LOOK_BACK
            if goes_on and after[0][1] == 0:
                before = name
                continue
            steps[name]["bought" if goes_on else "gone"] += 1
            before = "start"

    def bought_share(without: str | None) -> float:
        mass, done = {"start": 1.0}, 0.0
        for _ in range(1000):
            onward: dict[str, float] = defaultdict(float)
            for state, amount in mass.items():
                total = sum(steps[state].values())
                for target, count in steps[state].items():
                    onward[target] += amount * count / total if total else 0.0
            onward.pop("gone", None)
            onward.pop(without or "", None)
            done += onward.pop("bought", 0.0)
            mass = dict(onward)
        return done

    whole = bought_share(None)
    channels = set(steps) - {"start"}
    return {one: 1 - bought_share(one) / whole for one in channels} if whole else {}


def shares_of(path: list[Arrival], effects: dict[str, float]) -> dict[str, list[float]]:
    """What each touchpoint of one purchase earns by each model, oldest first."""
    count = len(path)
    named = [n for n, touch in enumerate(path) if touch[3] != "Direct"]

    def only(chosen: int) -> list[float]:
        return [float(n == chosen) for n in range(count)]

    def of(weights: list[float]) -> list[float]:
        return [weight / sum(weights) for weight in weights]

    ends = [0.4, *([0.2 / (count - 2)] * (count - 2) if count > 2 else []), 0.4][:count]
    return {
        "first": only(0),
        "last": only(count - 1),
        "last_non_direct": only(named[-1] if named else count - 1),
        "linear": [1 / count] * count,
        "position": of(ends),
        "time_decay": of([2 ** (touch[0].timestamp() / 86_400 / 7 - 2900) for touch in path]),
        "markov": of([effects[touch[3]] for touch in path]),
    }


@settings(max_examples=40, deadline=None)
@given(seen=visits, clicked=clicks, bought=orders)
def test_every_model_shares_each_purchase_as_worked_out_alone(
    journeys: Tables, seen: list[Visit], clicked: list[Click], bought: list[Order]
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
        {"order_id": f"o{n}", "user_key": who, "ordered_at": at, "is_purchase": True}
        | {"revenue": Decimal(cents) / 100}
        for n, (who, at, cents) in enumerate(bought)
    ]
    given = {
        "intermediate.int_behaviour__sessions": pd.DataFrame(sessions),
        "intermediate.int_campaigns__touches": pd.DataFrame(touches),
        "intermediate.int_value__orders": pd.DataFrame(purchases),
    }
    journeys.run(given)
    trained = training.train(journeys.table("intermediate.int_campaigns__transitions"))
    effects = training.score(trained, AS_OF)[["channel", "removal_effect"]]
    journeys.run({"predictions.fct_channel_effects": effects})

    table = journeys.table("activation.fct_attribution").sort_values("position")
    arrivals = {user: arrivals_of(user, seen, clicked) for user in USERS}
    worked = effects_of(arrivals, bought)
    assert dict(zip(effects.channel, effects.removal_effect, strict=True)) == pytest.approx(worked, abs=1e-9)
    exact = journeys.connection.execute(
        "select conversion_id, model, sum(credit), sum(revenue) from warehouse.activation.fct_attribution"
        " group by all"
    ).fetchall()
    sums = {(conversion, model): tuple(found) for conversion, model, *found in exact}
    attributed = 0
    for n, (who, at, cents) in enumerate(bought):
        path = [touch for touch in arrivals[who] if at - LOOK_BACK <= touch[0] <= at][-MOST:]
        rows = table[table.conversion_id == f"o{n}"]
        attributed += len(rows)
        if not path:
            assert rows.empty
            continue
        expected = shares_of(path, worked)
        for model in MODELS:
            own = rows[rows.model == model]
            shares = {t[2]: share for t, share in zip(path, expected[model], strict=True) if share > 0}
            credit = dict(zip(own.touchpoint_id, own.credit.astype(float), strict=True))
            assert credit == pytest.approx(shares, abs=2e-7), model
            money = dict(zip(own.touchpoint_id, own.revenue.astype(float), strict=True))
            whole = cents / 100
            assert money == pytest.approx({k: v * whole for k, v in shares.items()}, abs=1e-3), model
            assert sums[f"o{n}", model] == (1, Decimal(cents) / 100), "exactly"
    assert attributed == len(table), "nothing else is credited"

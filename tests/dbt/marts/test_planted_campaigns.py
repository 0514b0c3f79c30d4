"""The demo's planted campaigns through the real models: what they did is told, whatever is credited to them.

The worlds are the demo's own rooms and never written down; what each campaign truly did follows from its
planted lift and is worked out here with numpy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest

from demo.campaigns import ACTIONS
from demo.feeds_behaviour import TOUCH_MEDIUM
from demo.feeds_outreach import touch_times
from demo.orders import bought
from demo.plan import DAY_MS, HOUR_MS, Ints, Plan
from demo.world import World, world_of
from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

WORLDS, PEOPLE = 10, 3_000
LAST = date(2026, 6, 30)
SPENT = 3_000.0


@dataclass(frozen=True)
class Told:
    """One campaign of one world: the report's row, and the revenue it truly added."""

    row: pd.Series
    lift: float
    added: float

    @property
    def is_inside(self) -> bool:
        return (
            float(self.row["incremental_roi_low"]) <= self.true_roi <= float(self.row["incremental_roi_high"])
        )

    @property
    def true_roi(self) -> float:
        return (self.added - SPENT) / SPENT


@pytest.fixture(scope="module")
def tables(house: House) -> Iterator[Tables]:
    models = (
        "int_campaigns__ways",
        "int_campaigns__arrivals",
        "int_campaigns__look_backs",
        "int_campaigns__holdouts",
        "fct_attribution_rows",
        "fct_attribution_way_rows",
        "fct_attribution",
        "fct_touches",
        "rpt_campaigns",
    )
    with compiled(house, *models, as_of=LAST) as found:
        yield found


def _money(world: World) -> np.ndarray:
    """Revenue of every order, each currency's cents being taken as the same money."""
    return world.orders.amount / 100


def _frames(world: World) -> dict[str, pd.DataFrame]:
    plan, sessions, orders, sent = world.plan, world.sessions, world.orders, world.outreach
    is_first = world.first_session[sessions.visit] == np.arange(len(sessions.visit))
    by = np.where(is_first, sent.source[sessions.visit], -1)
    ids = np.array([x.campaign_id for x in sent.campaigns] + [None], dtype=object)
    channels = np.array([x.channel for x in sent.campaigns] + [None], dtype=object)
    media = np.array([TOUCH_MEDIUM[x.channel] for x in sent.campaigns] + [None], dtype=object)
    made_in = np.flatnonzero(sessions.order >= 0)
    ordered = np.zeros(len(orders), dtype=np.int64)
    # An order is made in its session, after what led to it.
    ordered[sessions.order[made_in]] = sessions.start[made_in] + 60_000

    def key(person: Ints) -> np.ndarray:
        return person.astype(str).astype(object)

    return {
        "intermediate.int_users__people": pd.DataFrame({"user_key": key(np.arange(plan.people))}),
        "intermediate.int_behaviour__sessions": pd.DataFrame(
            {
                "session_id": np.char.add("s", np.arange(len(by)).astype(str)).astype(object),
                "user_key": key(sessions.person), "started_at": plan.utc(sessions.start),
                "utm_source": channels[by], "utm_medium": media[by], "utm_campaign": ids[by],
            }
        ),
        "intermediate.int_campaigns__touches": pd.DataFrame(
            {
                "touch_id": np.arange(len(sent.touches.at)).astype(str).astype(object),
                "user_key": key(sent.touches.person), "campaign_id": ids[sent.touches.campaign],
                "action": np.array(ACTIONS, dtype=object)[sent.touches.action],
                "occurred_at": plan.utc(touch_times(world)), "channel": channels[sent.touches.campaign],
            }
        ),
        "intermediate.int_value__orders": pd.DataFrame(
            {
                "order_id": np.arange(len(orders)).astype(str).astype(object),
                "user_key": key(orders.person), "ordered_at": plan.utc(ordered),
                "is_purchase": bought(orders), "revenue": _money(world),
            }
        ),
        **_hold_outs(world),
    }  # fmt: skip


def _hold_outs(world: World) -> dict[str, pd.DataFrame]:
    plan = world.plan
    tried = [
        (x, arms)
        for x, arms in zip(world.outreach.campaigns, world.outreach.audience, strict=True)
        if x.holdout
    ]
    rows = [
        pd.DataFrame(
            {
                "experiment_id": f"holdout_{campaign.campaign_id}",
                "user_key": people.astype(str).astype(object),
                "variant": variant,
                "exposed_at": plan.utc(np.array([campaign.start * DAY_MS + 10 * HOUR_MS]))[0],
                "saw_several": False,
            }
        )
        for campaign, arms in tried
        for variant, people in zip(("treated", "holdout"), arms, strict=True)
    ]
    ends = np.array([x.start + x.days for x, _ in tried]) * DAY_MS
    return {
        "intermediate.int_campaigns__exposures": pd.concat(rows),
        "staging.stg_experiments": pd.DataFrame(
            {"experiment_id": [f"holdout_{x.campaign_id}" for x, _ in tried], "ended_at": plan.utc(ends)}
        ),
        "intermediate.int_campaigns__spend": pd.DataFrame(
            {"campaign_id": [x.campaign_id for x, _ in tried], "amount": SPENT}
        ),
    }


def _truths(world: World) -> dict[str, tuple[float, float]]:
    """Of each campaign its lift and the revenue it added.

    A purchase in the days of a lift l is one with chance l / (1 + l) only because of it.
    """
    orders, found = world.orders, {}
    for campaign, (treated, _) in zip(world.outreach.campaigns, world.outreach.audience, strict=True):
        inside = (
            (orders.day >= campaign.start) & (orders.day < campaign.start + campaign.days) & bought(orders)
        )
        revenue = float(_money(world)[inside & np.isin(orders.person, treated)].sum())
        found[campaign.campaign_id] = (campaign.lift, revenue * campaign.lift / (1 + campaign.lift))
    return found


@pytest.fixture(scope="module")
def told(tables: Tables) -> list[Told]:
    found = []
    for seed in range(1, WORLDS + 1):
        world = world_of(Plan(people=PEOPLE, seed=seed))
        tables.run(_frames(world))
        report = tables.table("activation.rpt_campaigns").set_index("campaign_id")
        tried = report[report["held_out_people"].notna()].index
        for campaign, (lift, added) in _truths(world).items():
            if campaign in tried:
                found.append(Told(report.loc[campaign], lift, added))
    return found


def test_the_true_return_lies_in_the_interval_of_the_incremental_one(told: list[Told]) -> None:
    assert len(told) == 10 * WORLDS, "ten campaigns of each world have a hold-out"
    assert sum(one.lift > 0 for one in told) >= 6 * WORLDS
    assert sum(one.is_inside for one in told) >= 0.93 * len(told)


def test_what_is_shown_just_before_purchases_has_a_return_by_last_touch_and_none_by_its_hold_out(
    told: list[Told],
) -> None:
    shown = [one for one in told if one.row.name == "R001"]
    assert len(shown) == WORLDS
    assert {one.lift for one in shown} == {0.0}
    assert sum(one.is_inside for one in shown) >= 0.9 * WORLDS
    for one in shown:
        assert float(one.row["roi_last"]) > float(one.row["incremental_roi_high"]), "overstated beyond doubt"
        assert float(one.row["roi_last"]) > one.true_roi + 1


def test_each_model_shares_out_all_the_revenue_that_was_led_to(tables: Tables, told: list[Told]) -> None:
    exact = tables.connection.execute(
        "select model, sum(credit), sum(revenue), count(distinct conversion_id)"
        " from warehouse.activation.fct_attribution group by model"
    ).fetchall()
    assert len(exact) == 7
    assert {credit for _, credit, _, _ in exact} == {count for _, _, _, count in exact}, "credits add up to 1"
    assert len({revenue for _, _, revenue, _ in exact}) == 1, "to the cent"

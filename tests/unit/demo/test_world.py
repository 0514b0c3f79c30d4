"""What is planted in the world is really in it."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from demo.archetypes import ARCHETYPES
from demo.behaviour import ABSENT, behaviour_of
from demo.campaigns import CLICKED
from demo.feeds_outreach import touch_times
from demo.feeds_shop import order_times
from demo.oracle import silence
from demo.people import SHARED, people_of
from demo.plan import DAY_MS, Plan
from demo.season import season_of
from demo.world import world_of
from tests.unit.demo.conftest import Written


def test_every_event_lies_on_a_day_its_person_visits(written: Written) -> None:
    world = written.world
    own = world.events.session >= 0
    visit = world.sessions.visit[world.events.session[own]]
    assert np.array_equal(world.events.at[own] // DAY_MS, world.behaviour.day[visit])
    assert (world.events.at < world.plan.days * DAY_MS).all()


def test_every_visit_has_something_done_on_it(written: Written) -> None:
    world = written.world
    done = world.events.is_active
    visits = world.sessions.visit[world.events.session[done]]
    assert len(np.unique(visits)) == len(world.behaviour.day)


def test_gaps_inside_a_session_stay_under_the_session_gap(written: Written) -> None:
    events = written.world.events
    own = events.session >= 0
    gap = np.diff(events.at[own])[np.diff(events.session[own]) == 0]
    assert gap.min() > 0
    assert gap.max() < 30 * 60_000


def test_every_order_has_its_purchase_event_and_the_sum_of_its_lines(written: Written) -> None:
    orders = written.world.orders
    lines = orders.line_quantity * orders.line_price - orders.line_discount
    goods = np.bincount(orders.line_order, lines, len(orders))
    assert np.array_equal(goods - orders.discount + orders.shipping, orders.amount)
    assert np.array_equal(order_times(written.world) // DAY_MS, orders.day)


def test_a_click_comes_just_before_the_visit_it_begins(written: Written) -> None:
    touches = written.world.outreach.touches
    clicks = np.flatnonzero(touches.action == CLICKED)
    at = touch_times(written.world)[clicks]
    first = written.world.first_session[touches.visit[clicks]]
    assert np.array_equal(at + 2000, written.world.sessions.start[first])


def test_nobody_is_held_out_and_treated(written: Written) -> None:
    for treated, held in written.world.outreach.audience:
        assert not np.isin(treated, held).any()


def test_spans_give_everyone_one_state_on_every_day_since_known(written: Written) -> None:
    people = pq.read_table(written.truth / "people.parquet").to_pandas()
    spans = pq.read_table(written.truth / "lifecycle_spans.parquet").to_pandas()
    assert set(spans["person_id"]) == set(people["person_id"])
    for person, own in spans.groupby("person_id", observed=True):
        facts = people[people["person_id"] == person].iloc[0]
        known = min(
            d for d in (facts["registered_day"], facts["first_active_day"]) if d == d and d is not None
        )
        assert own["from_day"].iloc[0] == known
        assert own["to_day"].iloc[-1] == written.world.plan.end
        ends = own["to_day"].astype("datetime64[s]").iloc[:-1].to_numpy() + np.timedelta64(1, "D")
        assert (own["from_day"].astype("datetime64[s]").iloc[1:].to_numpy() == ends).all()
        assert (
            own["state"].astype(str).iloc[1:].to_numpy() != own["state"].astype(str).iloc[:-1].to_numpy()
        ).all()


def test_active_days_of_the_truth_are_the_days_visited(written: Written) -> None:
    behaviour = written.world.behaviour
    days = pq.read_table(written.truth / "active_days.parquet").to_pandas()
    start = np.datetime64(written.world.plan.start, "D")
    told = (days["day"].to_numpy().astype("datetime64[D]") - start).astype(int)
    assert np.array_equal(told, behaviour.day)
    assert list(days["person_id"]) == list(written.world.people.person_id[behaviour.person])


def test_the_oracle_is_calibrated_and_better_than_recency() -> None:
    plan = Plan(people=6000)
    season = season_of(plan)
    people = people_of(plan, season)
    behaviour = behaviour_of(plan, people, season)
    day = plan.days - 40
    chance = silence(plan, people, season, behaviour, day, 30)
    last = np.full(plan.people, -1000)
    past = behaviour.day <= day
    np.maximum.at(last, behaviour.person[past], behaviour.day[past])
    ahead = (behaviour.day > day) & (behaviour.day <= day + 30)
    silent = ~np.isin(np.arange(plan.people), behaviour.person[ahead])
    eligible = last > day - 90
    assert chance[eligible].mean() == pytest.approx(silent[eligible].mean(), abs=0.02)
    ceiling = roc_auc_score(silent[eligible], chance[eligible])
    recency = roc_auc_score(silent[eligible], (day - last)[eligible])
    assert recency + 0.04 < ceiling < 0.97
    for fifth in np.array_split(np.argsort(np.where(eligible, chance, np.nan))[: eligible.sum()], 5):
        assert chance[fifth].mean() == pytest.approx(silent[fifth].mean(), abs=0.03)


def test_the_hazard_hangs_on_nothing_but_what_people_did(written: Written) -> None:
    """One person's last week, lived again from their visits alone, in plain arithmetic."""
    world = written.world
    plan, people, behaviour = world.plan, world.people, world.behaviour
    week = plan.weeks - 2
    told = 0
    for person in np.flatnonzero(np.isfinite(behaviour.hazard[week])):
        own = behaviour.person == person
        days, wrong = behaviour.day[own], behaviour.let_down[own]
        before = days[days < week * 7]
        if not len(before):
            continue
        kind = ARCHETYPES[people.archetype[person]]
        limit = min(max(kind.patience / people.visits[person], 10), 70)
        silent = week * 7 - before[-1]
        month = (before >= week * 7 - 28).sum()
        often = 1.35 if month > 1 + 1.4 * 28 * people.visits[person] else 1.0
        pace = 0.6 if silent > limit / 2 else often
        hurt = days[wrong & (days < week * 7)]
        sore = 0.55 if len(hurt) and week * 7 - hurt[-1] < 35 else 1.0
        chance = people.visits[person] * pace * sore * world.season.visits[week * 7 : week * 7 + 7]
        breaks = silent + 7 > limit
        expected = float(np.prod(1 - chance)) if breaks else 0.0
        assert behaviour.hazard[week, person] == pytest.approx(expected, abs=1e-5)
        told += breaks
    assert told >= 5, "somebody is about to lapse"


def test_what_let_people_down_is_there_to_be_seen(written: Written) -> None:
    """Every such visit leaves a complaint, a low mark, or an order that comes back."""
    world = written.world
    behaviour, orders, said = world.behaviour, world.orders, world.feedback
    wrong = np.flatnonzero(behaviour.let_down)
    back = orders.visit[orders.refunded > 0]
    marks = set(zip(said.person.tolist(), (said.at // DAY_MS).tolist(), strict=True))
    registered = world.members.registered_day
    for visit in wrong.tolist():
        person, day = int(behaviour.person[visit]), int(behaviour.day[visit])
        told = (person, day) in marks or day <= registered[person]
        assert told or visit in back
    assert len(wrong) > 20


def test_the_oracle_knows_nothing_of_people_not_yet_seen(written: Written) -> None:
    world = written.world
    chance = silence(world.plan, world.people, world.season, world.behaviour, 200, 30)
    unseen = (world.behaviour.level[200 // 7] == ABSENT) | (world.people.start > 200)
    assert np.array_equal(np.isnan(chance), unseen)


def test_planted_lifts_show_in_what_is_bought() -> None:
    world = world_of(Plan(people=8000))
    exposures, behaviour = world.exposures, world.behaviour
    bought = np.isin(np.arange(len(behaviour.day)), world.orders.visit)
    rates = {}
    for trial in (0, 1):
        for variant in (0, 1):
            own = (exposures.trial == trial) & (exposures.variant == variant) & ~exposures.again
            rates[trial, variant] = bought[exposures.visit[own]].mean()
    assert rates[0, 1] > 1.15 * rates[0, 0]
    assert rates[1, 1] == pytest.approx(rates[1, 0], rel=0.25)
    split = exposures.variant[(exposures.trial == 2) & ~exposures.again]
    assert abs(split.mean() - 0.5) * np.sqrt(len(split)) * 2 > 3.3  # p < 0.001


def test_truths_say_what_was_asked(written: Written) -> None:
    facts = json.loads((written.truth / "world.json").read_text(encoding="utf-8"))
    assert facts["plan"] == {"people": 300, "seed": 7, "start": "2024-07-01", "end": "2026-06-30"}
    assert len({feed["entity"] for feed in facts["feeds"].values()}) == 14


def test_a_shared_device_is_first_seen_with_its_owner() -> None:
    world = world_of(Plan(people=8000))
    people, sessions, registered = world.people, world.sessions, world.members.registered_day
    guest = sessions.device != people.first[sessions.person]
    guest &= people.second_link[sessions.person] == SHARED
    assert guest.any()
    assert sessions.signed_in[guest].all()
    host = sessions.device[guest]
    assert (registered[host] < sessions.start[guest] // DAY_MS).all()

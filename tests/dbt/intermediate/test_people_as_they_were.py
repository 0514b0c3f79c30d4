"""What is learned after a day, links and records alike, changes nothing of that day's features."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from tests.dbt.intermediate.conftest import Source

Row = dict[str, object]
World = dict[str, list[Row]]
PEOPLE, HORIZON = 40, 30
AS_OF = date(2026, 6, 30)
ANCHOR = date(2026, 6, 29)
PAST = ANCHOR - timedelta(days=HORIZON)
EARLIER = PAST - timedelta(days=HORIZON)
PLACE = {"_file": "f", "_file_sha256": "s", "_loaded_on": "2026-06-30"}
TIMES = {
    "users": "updated_at",
    "identities": "linked_at",
    "events": "occurred_at",
    "orders": "ordered_at",
    "touches": "occurred_at",
    "feedback": "submitted_at",
}


def _at(chance: random.Random) -> datetime:
    """Some minute of the hundred days before the as-of day ends."""
    return datetime(2026, 6, 30, 15, 59) - timedelta(minutes=chance.randrange(100 * 24 * 60))


def _identities(chance: random.Random) -> list[Row]:
    """Declared links among users, among devices and between the two, half of them withdrawn."""
    kinds = [("user_id", "user_id"), ("anonymous_id", "anonymous_id"), ("anonymous_id", "user_id")]
    rows: list[Row] = []
    for _ in range(24):
        kind, linked_kind = chance.choice(kinds)
        pair: Row = {
            "id_type": kind,
            "id": f"{'u' if kind == 'user_id' else 'd'}{chance.randrange(PEOPLE)}",
            "linked_id_type": linked_kind,
            "linked_id": f"{'u' if linked_kind == 'user_id' else 'd'}{chance.randrange(PEOPLE)}",
        }
        at = _at(chance)
        rows.append(pair | {"linked_at": at})
        if chance.random() < 0.5:
            later = at + timedelta(days=chance.choice([0, 3, 40]))
            rows.append(pair | {"linked_at": later, "evidence": "withdrawn"})
    return rows


def _users(chance: random.Random) -> list[Row]:
    """Accounts that come to share addresses, up to two users of one and beyond."""
    rows: list[Row] = []
    for number in range(PEOPLE):
        registered = _at(chance)
        for step in range(chance.choice([1, 2])):
            at = registered + timedelta(days=20 * step)
            mail = f"m{chance.randrange(20)}@x.test"
            rows.append(
                {"user_id": f"u{number}", "registered_at": registered, "updated_at": at, "email": mail}
            )
    return rows


def _who(chance: random.Random) -> Row:
    """A user, a device, or a user on a device that is mostly the user's own."""
    number = chance.randrange(PEOPLE)
    device = f"d{chance.choice([number, number, 0])}"
    kind = chance.choice(["user", "device", "both"])
    return {
        "user_id": None if kind == "device" else f"u{number}",
        "anonymous_id": None if kind == "user" else device,
    }


def _world(seed: int) -> World:
    chance = random.Random(seed)
    events: list[Row] = []
    for number in range(90):
        at = _at(chance)
        events.append({"event_id": f"e{number:03}", "event_name": "click", "occurred_at": at} | _who(chance))
        # In one breath with another's, so that whose they are decides the sessions.
        beside = {"event_id": f"f{number:03}", "occurred_at": at + timedelta(minutes=20)}
        events.append(events[-1] | _who(chance) | beside)
    paid = {"amount": 5, "currency": "CNY", "status": "paid"}
    clicked = {"campaign_id": "c", "action": "clicked"}
    made: World = {
        "users": _users(chance),
        "identities": _identities(chance),
        "events": events,
        "orders": [{"order_id": f"o{n}", "ordered_at": _at(chance)} | paid | _who(chance) for n in range(30)],
        "touches": [
            {"touch_id": f"t{n}", "occurred_at": _at(chance)} | clicked | _who(chance) for n in range(60)
        ],
        "feedback": [
            {"feedback_id": f"f{n}", "submitted_at": _at(chance), "user_id": f"u{chance.randrange(PEOPLE)}"}
            for n in range(30)
        ],
    }
    return {
        name: [{"_feed": "web", "_line": n} | PLACE | row for n, row in enumerate(rows)]
        for name, rows in made.items()
    }


def _until(world: World, day: date) -> World:
    end = datetime(day.year, day.month, day.day, 16)
    return {name: [row for row in rows if row[TIMES[name]] < end] for name, rows in world.items()}


def _features(source: Source, world: World, as_of: date, anchor: date) -> dict[str, pd.DataFrame]:
    """Snapshots and labels of a build, as text in an order of their own."""
    source.fill(world)
    variables = {"snapshot_anchors": [anchor.isoformat()], "churn_snapshots": 3, "churn_lookback_days": 60}
    result = source.house.dbt("run", "--select", "+ftr_churn_labels", as_of=as_of, **variables)
    assert result.success, result.exception
    return {name: source.table(f"features.{name}") for name in ("ftr_user_snapshots", "ftr_churn_labels")}


def _of(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    return rows[rows["as_of"] == str(day)].reset_index(drop=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_comes_after_a_day_moves_neither_its_features_nor_its_labels(source: Source, seed: int) -> None:
    world = _world(seed)
    now = _features(source, world, AS_OF, ANCHOR)
    identifiers = source.house.table("intermediate.int_users__past_identifiers")
    moved = identifiers[identifiers["user_key"] != identifiers["current_user_key"]]
    assert len(moved) > 20, "the world has people who were others"
    # As the warehouse would have been built then, of what there was then.
    then = _features(source, _until(world, PAST), PAST, PAST)
    for day in (PAST, EARLIER):
        found = _of(now["ftr_user_snapshots"], day)
        assert len(found) > 10
        pd.testing.assert_frame_equal(found, _of(then["ftr_user_snapshots"], day))
    labels = _of(now["ftr_churn_labels"], EARLIER)
    assert set(labels["is_churned"]) == {"True", "False"}
    pd.testing.assert_frame_equal(labels, _of(then["ftr_churn_labels"], EARLIER))

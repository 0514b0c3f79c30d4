"""Most nights tell nothing of most people: growth and retention still are those of a full build."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from tests.dbt.incremental.conftest import Nights
from tests.dbt.incremental.test_nights_add_up import differing

Row = dict[str, object]
MODELS = ("rpt_growth_accounting", "rpt_retention")
NOON = datetime(2026, 6, 1, 4)  # of 1 June in Shanghai, as UTC


def _place(feed: str) -> Row:
    return {"_file": "f", "_file_sha256": "s", "_loaded_on": "2026-06-30", "_feed": feed, "_line": 1}


def _event(event_id: str, user: str, day: int, name: str = "click") -> Row:
    at = NOON + timedelta(days=day - 1)
    return {"event_id": event_id, "event_name": name, "occurred_at": at, "user_id": user} | _place("web")


def _user(user: str, day: int) -> Row:
    at = NOON + timedelta(days=day - 1)
    return {"user_id": user, "registered_at": at, "updated_at": at} | _place("crm")


def _order(user: str, day: int, status: str = "paid") -> Row:
    at = NOON + timedelta(days=day - 1)
    order = {"order_id": f"o-{user}", "user_id": user, "ordered_at": at, "status": status}
    file = {"_file": "later" if status == "cancelled" else "earlier"}
    return order | {"amount": 5, "currency": "CNY"} | _place("shop") | file


def _one(user: str, other: str) -> Row:
    kinds = {"id_type": "user_id", "id": user, "linked_id_type": "user_id", "linked_id": other}
    return kinds | {"linked_at": NOON} | _place("crm")


# What arrives on each night, and the people with a first active day, a registration and an order then.
NIGHTS: list[tuple[int, dict[str, list[Row]], tuple[int, int, int]]] = [
    (
        10,
        {
            "events": [
                _event("a", "ann", 9),
                _event("b", "ann", 10),
                _event("c", "cy", 8),
                _event("d", "di", 10, "sent"),
            ],
            "users": [_user("ann", 7), _user("bo", 11), _user("eve", 10)],
            "orders": [_order("fay", 9)],
        },
        (3, 2, 1),
    ),
    # Nothing arrives, and Bo's registration has come.
    (11, {}, (3, 3, 1)),
    # Somebody nobody heard of before, and a message that is no core action.
    (12, {"events": [_event("e", "gus", 12), _event("f", "cy", 12, "sent")]}, (4, 3, 1)),
    # Cy turns out to be Ann: one first day fewer, the days are hers.
    (13, {"identities": [_one("ann", "cy")]}, (3, 3, 1)),
    # Gus's only event turns out to be Bo's and older; Fay's order is cancelled, and Eve buys.
    (
        15,
        {
            "events": [_event("e", "bo", 2)],
            "orders": [_order("fay", 9, "cancelled"), _order("eve", 14)],
        },
        (3, 3, 1),
    ),
    # A late event makes Ann's first day an earlier one, and Bo comes back after a fortnight.
    (16, {"events": [_event("g", "ann", 1), _event("h", "bo", 16)], "users": [_user("fay", 16)]}, (3, 4, 1)),
]


def test_growth_and_retention_are_those_of_a_full_build_on_every_night(
    nights: Nights, tmp_path: Path
) -> None:
    looked_at = []
    for day, arrived, counts in NIGHTS:
        as_of = date(2026, 6, day)
        nights.night(as_of, arrived, build=MODELS)
        by_night = nights.tables()
        assert differing(by_night, nights.built_whole(as_of, tmp_path, *MODELS)) == {}, f"{as_of}"
        cohorts = by_night["intermediate.int_lifecycle__cohorts"]
        days = ["first_core_action_day", "registration_day", "first_order_day"]
        assert tuple(cohorts[day].str.startswith("2026").sum() for day in days) == counts, f"{as_of}"
        changed = by_night["intermediate.int_lifecycle__changed_cohorts"]
        looked_at.append(changed["user_key"].nunique())
    # Ann, Bo, Cy, Di, Eve and Fay stay as they are on the second night but for Bo.
    assert looked_at == [0, 1, 1, 2, 4, 3]
    report = by_night["marts.rpt_growth_accounting"]
    days = report[report["granularity"] == "day"]
    active = dict(zip(days["period_start"].str[:10], days["active"], strict=True))
    assert [active[f"2026-06-{day:02}"] for day in (1, 2, 9, 16)] == ["1", "1", "1", "1"]

"""Few people who look at few pages all the time: every night their paths are those of a full build."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from tests.dbt.incremental.conftest import Nights
from tests.dbt.incremental.test_nights_add_up import differing

Row = dict[str, Any]
DAYS = [date(2026, 6, day) for day in (10, 11, 11, 12, 14, 15)]
FIRST, EVENTS, PEOPLE, SEED = datetime(2026, 6, 8, 16), 150, 3, 1


def _place(number: int) -> Row:
    return {"_file": "f", "_file_sha256": "s", "_loaded_on": "2026-06-30", "_line": number, "_feed": "web"}


def _event(chance: random.Random, number: int) -> Row:
    """A view most of the time, often at the very moment of another, on a device or two."""
    user = chance.randint(1, PEOPLE)
    known = chance.random() < 0.7
    return {
        "event_id": f"e{number}",
        "event_name": chance.choice(["page_view"] * 5 + ["click"]),
        "occurred_at": FIRST + timedelta(minutes=30 * chance.randint(0, 48 * 6)),
        "user_id": f"u{user}" if known else None,
        "anonymous_id": chance.choice([f"d{user}", "shared"]) if not known or chance.random() < 0.5 else None,
        "page_url": chance.choice([None, "/a", "/a", "/b", "/c"]),
    } | _place(number)


def _again(chance: random.Random, event: Row) -> Row:
    """An event delivered once more: elsewhere, at another time, or another's."""
    earlier = {"occurred_at": event["occurred_at"] - timedelta(minutes=chance.choice([1, 30, 2000]))}
    change: Row = chance.choice([{"page_url": "/d"}, {"page_url": None}, {"user_id": "u9"}, {}])
    return event | earlier | change


def _arrivals(chance: random.Random) -> list[dict[str, list[Row]]]:
    """What comes night by night: late events, events corrected, people who turn out to be one, and one
    whose every event turns out to be another's.
    """
    nights: list[dict[str, list[Row]]] = [{"events": [], "identities": []} for _ in DAYS]
    for number in range(EVENTS):
        event = _event(chance, number)
        first = chance.randrange(len(DAYS))
        nights[first]["events"].append(event)
        if chance.random() < 0.2 and first + 1 < len(DAYS):
            nights[chance.randrange(first + 1, len(DAYS))]["events"].append(_again(chance, event))
    theirs = [event for night in nights[:3] for event in night["events"] if event["user_id"] == "u2"]
    moved = [event | {"occurred_at": event["occurred_at"] - timedelta(seconds=1)} for event in theirs]
    nights[4]["events"] += [event | {"user_id": "u8", "anonymous_id": None} for event in moved]
    for night, one, other in ((1, ("anonymous_id", "d1"), "u1"), (3, ("user_id", "u3"), "u1")):
        link = dict(zip(("id_type", "id"), one, strict=True))
        linked: Row = {"linked_id_type": "user_id", "linked_id": other, "linked_at": FIRST}
        nights[night]["identities"].append(link | linked | _place(night))
    return nights


def test_paths_are_those_of_a_full_build_on_every_night(nights: Nights, tmp_path: Path) -> None:
    changed = []
    for number, (as_of, arrived) in enumerate(zip(DAYS, _arrivals(random.Random(SEED)), strict=True)):
        nights.night(as_of, arrived)
        by_night = nights.tables()
        changed.append(by_night["intermediate.int_behaviour__path_changes"])
        expected = nights.built_whole(as_of, tmp_path)
        assert differing(by_night, expected) == {}, f"night {number + 1}"
    assert len(by_night["marts.rpt_paths"]) > 10
    # Over the nights steps were added to, taken from, and taken away for good.
    moves = pd.concat(changed)[["previous_transitions", "transitions"]].astype(int)
    before, after = moves["previous_transitions"], moves["transitions"]
    assert ((before > 0) & (after > before)).any()
    assert ((after > 0) & (after < before)).any()
    assert ((before > 0) & (after == 0)).any()

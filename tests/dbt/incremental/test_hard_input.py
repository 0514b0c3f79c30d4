"""Bots, the busiest person, sessions of days and wrong clocks, delivered in three nights."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.dbt.incremental.conftest import Nights
from tests.dbt.incremental.test_nights_add_up import differing

Row = dict[str, object]
DAYS = [date(2026, 6, 20), date(2026, 6, 21), date(2026, 6, 22)]
NOON = datetime(2026, 6, 20, 12)
BOT, BUSY = 10_000, 100_000


def _event(event_id: str, user: str, at: datetime, feed: str = "web", session: str | None = None) -> Row:
    return {
        "event_id": event_id,
        "event_name": "click",
        "occurred_at": at,
        "user_id": user,
        "session_id": session,
        "_feed": feed,
        "_file": "f",
        "_file_sha256": "s",
        "_loaded_on": "2026-06-30",
        "_line": 1,
    }


def _bot() -> Iterator[Row]:
    """Ten thousand events in one hour."""
    for number in range(BOT):
        yield _event(f"bot{number}", "bot", NOON + timedelta(microseconds=360_000 * number))


def _busy() -> Iterator[Row]:
    """A hundred thousand events in ten days without a silence: cut every twenty-four hours."""
    for number in range(BUSY):
        yield _event(f"busy{number}", "busy", NOON - timedelta(days=10) + timedelta(seconds=8.64 * number))


def _crossing() -> Iterator[Row]:
    """A trusted session of three days with hours of silence, its middle delivered last."""
    for number in range(7):
        yield _event(f"app{number}", "app", NOON + timedelta(hours=9 * number), "app", "one")


def _ahead() -> Iterator[Row]:
    """Clocks that run ahead: by minutes over midnight, by two days, and by a month."""
    for number, hours in enumerate((4.2, 48, 720)):
        yield _event(f"ahead{number}", "skewed", NOON + timedelta(hours=hours))


@pytest.fixture(scope="module")
def three_nights(seeded: Nights) -> Nights:
    """Everything shuffled over three nights; the tables of one full build are added afterwards."""
    seeded.forget()
    seeded.settings.clear()
    seeded.settings["trust_source_sessions"] = ["app"]
    chance = random.Random(7)
    arrived: list[list[Row]] = [[], [], []]
    for row in (*_bot(), *_busy(), *_crossing(), *_ahead()):
        arrived[chance.choice([0, 0, 0, 1, 2])].append(row)
    for as_of, rows in zip(DAYS, arrived, strict=True):
        seeded.night(as_of, {"events": rows})
    return seeded


def test_three_nights_are_one_build_and_the_dictionary_holds(three_nights: Nights) -> None:
    by_night = three_nights.tables()
    sessions = by_night["intermediate.int_behaviour__sessions"]
    keys = by_night["intermediate.int_users__keys"].set_index("id")["user_key"]
    people = ("bot", "busy", "app", "skewed")
    counts = {user: sessions[sessions["user_key"] == keys[user]] for user in people}

    assert counts["bot"]["event_count"].tolist() == [str(BOT)], "one session, whatever the pace"
    assert len(counts["busy"]) == 10, "a session of ten days is cut every day"
    assert counts["busy"]["event_count"].astype(int).sum() == BUSY
    assert (counts["busy"]["is_capped"] == "true").sum() == 9
    # The seventh lies after the last day; the others span 45 hours of the source's one session.
    assert len(counts["app"]) == 2
    assert counts["app"]["event_count"].astype(int).sum() == 6
    assert set(counts["app"]["is_source_session"]) == {"true"}
    # Of the three ahead, those whose day has come are there and the month waits.
    assert counts["skewed"]["event_count"].astype(int).sum() == 2
    waiting = by_night["staging.stg_events_delta"]
    assert waiting[waiting["is_pending"] == "true"]["event_id"].tolist() == ["ahead2", "app6"]

    three_nights.until = None
    three_nights.build(DAYS[-1])
    assert differing(by_night, three_nights.tables()) == {}

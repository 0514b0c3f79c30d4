"""However events and links arrive over several nights, the tables are those of one full build."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import accumulate

import pandas as pd
import pytest

from orchestration.warehouse import Warehouse
from tests.dbt.incremental.conftest import Nights

Row = dict[str, object]
FIRST = date(2026, 6, 20)
END = datetime(2026, 6, 20, 16)  # of the first day, in UTC
# What a night changed, and whose person was another before: of full builds they say nothing.
OF_THE_NIGHT = (
    "staging.stg_events_delta",
    "intermediate.int_users__keys",
    "intermediate.int_behaviour__events_delta",
    "intermediate.int_behaviour__windows",
    "intermediate.int_behaviour__pieces",
    "intermediate.int_behaviour__replaced_sessions",
    "intermediate.int_behaviour__replaced_steps",
    "intermediate.int_behaviour__path_changes",
    "intermediate.int_lifecycle__changed_days",
    "intermediate.int_lifecycle__changed_cohorts",
    "intermediate.int_lifecycle__changed_returns",
)


def _place(number: int, feed: str) -> Row:
    return {"_file": "f", "_file_sha256": "s", "_loaded_on": "2026-06-30", "_line": number, "_feed": feed}


def _event(chance: random.Random, number: int, people: int) -> Row:
    """An event in one of three bursts, whose silences are often exactly the gap."""
    minutes = chance.choice([0, 5, 30, 30, 31, 60, 90, 120, 600, 1439, 1440, 1500])
    day = timedelta(days=chance.choice([-9, -1, 0, 0, 1, 1, 2, 3]))
    who, user = chance.choice(["user", "both", "device"]), chance.randint(1, people)
    at = END - timedelta(days=1) + day + timedelta(minutes=minutes, seconds=chance.choice([0, 0, 1]))
    return {
        "event_id": f"e{number}",
        "event_name": chance.choice(["page_view"] * 3 + ["click", "sent", "purchase"]),
        "occurred_at": at,
        "user_id": None if who == "device" else f"u{user}",
        "anonymous_id": None if who == "user" else f"d{chance.choice([user, user, user + 1])}",
        "session_id": f"s{chance.randint(1, 2)}",
        "page_url": chance.choice([None, "/a", "/b"]),
        "duration_seconds": chance.choice([None, 7]),
    } | _place(number, chance.choice(["web", "web", "app"]))


def _world(chance: random.Random) -> list[tuple[date, dict[str, list[Row]]]]:
    """Four nights, one of them skipped days later, with links, orders, users and corrected events."""
    people = 5
    events = [_event(chance, number, people) for number in range(60)]
    for event in chance.sample(events, 12):
        # the same once more, or earlier, or said otherwise, or of someone else
        change: Row = chance.choice(
            [
                {},
                {"occurred_at": event["occurred_at"] - timedelta(minutes=chance.choice([1, 30, 3000]))},
                {"event_name": "renamed", "page_url": "/c"},
                {"user_id": f"u{chance.randint(1, people)}"},
            ]
        )
        events.append(event | change)
    links = [
        {"id_type": "user_id", "id": "u1", "linked_id_type": "user_id", "linked_id": "u2"},
        {"id_type": "anonymous_id", "id": "d3", "linked_id_type": "anonymous_id", "linked_id": "d4"},
        {"id_type": "user_id", "id": "u5", "linked_id_type": "user_id", "linked_id": "u4"},
    ]
    identities: list[Row] = [
        link | {"linked_at": END} | _place(number, "crm") for number, link in enumerate(links)
    ]
    orders: list[Row] = [
        {
            "order_id": f"o{number % 6}",
            "user_id": f"u{chance.randint(1, people)}",
            "ordered_at": END - timedelta(days=chance.choice([0, 0, 1, 20])),
            "status": chance.choice(["paid", "cancelled"]),
            "amount": chance.randint(0, 3),
            "currency": "CNY",
        }
        | _place(number, "shop")
        for number in range(9)
    ]
    # Registered before all, between two nights, and after the last; said once more, and otherwise.
    users: list[Row] = [
        {"user_id": f"u{1 + number % people}", "registered_at": at, "updated_at": at} | _place(number, "crm")
        for number in range(8)
        for at in [END + timedelta(hours=chance.choice([-500, -3, 0, 20, 24, 40, 500]))]
    ]
    days = [FIRST, FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=3)]
    nights: list[tuple[date, dict[str, list[Row]]]] = [
        (day, {"events": [], "identities": [], "orders": [], "users": []}) for day in days
    ]
    kinds = (("events", events), ("identities", identities), ("orders", orders), ("users", users))
    for name, rows in kinds:
        for row in rows:
            nights[chance.randrange(len(nights))][1][name].append(row)
    return nights


def differing(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> dict[str, str]:
    """The tables that are not equal, with the rows only one side has."""
    assert found.keys() == expected.keys()
    told = {}
    for name, rows in expected.items():
        compared = found[name], rows
        if name in OF_THE_NIGHT or compared[0].equals(rows) or all(len(side) == 0 for side in compared):
            continue
        sides = [set(side.itertuples(index=False, name=None)) for side in compared]
        if len(found[name]) != len(rows) or sides[0] != sides[1]:
            told[name] = (
                f"{len(found[name])} rows, {len(rows)} expected; too many: "
                f"{sorted(sides[0] - sides[1])[:3]}; missing: {sorted(sides[1] - sides[0])[:3]}"
            )
    return told


def stretches(nights: Nights, model: str, time: str) -> int:
    """How many stretches of a table's rows, as they lie in the file, begin after all days before them."""
    with Warehouse(nights.house.data).open() as connection:
        days = (
            f"select cast({time} as date) from intermediate.{model} where {time} is not null order by rowid"
        )
        lying = [day for (day,) in connection.execute(days).fetchall()]
    latest_before = list(accumulate(lying, max))
    earliest_after = list(accumulate(reversed(lying), min))[::-1]
    return 1 + sum(before < after for before, after in zip(latest_before, earliest_after[1:], strict=False))


@pytest.fixture
def shortened(nights: Nights) -> Nights:
    """Sessions are cut after two hours, and one feed's own sessions are trusted."""
    nights.settings |= {"session_cap_hours": 2, "trust_source_sessions": ["app"]}
    return nights


@pytest.mark.parametrize("seed", range(6))
def test_any_arrival_over_nights_ends_in_the_tables_of_a_full_build(shortened: Nights, seed: int) -> None:
    chance = random.Random(seed)
    nights = _world(chance)
    for as_of, arrived in nights:
        shortened.night(as_of, arrived)
    by_night = shortened.tables()
    assert len(by_night["marts.fct_events"]) > 30
    assert len(by_night["intermediate.int_behaviour__windows"]) > 0, "the last night added something"
    shortened.until = None
    # A long history is written part by part, whatever session goes on from one to the next.
    shortened.settings["rows_in_a_part"] = 5
    shortened.build(nights[-1][0])
    for model, time in (
        ("int_behaviour__events", "occurred_at"),
        ("int_behaviour__sessions", "chain_started_at"),
    ):
        (written,) = (shortened.house.data / "dbt" / "run").rglob(f"{model}.sql")
        parts = written.read_text().count("insert into") + 1
        assert parts > 3, f"{model} was written at once"
        assert stretches(shortened, model, time) >= parts, f"{model} does not lie by days"
    assert differing(by_night, shortened.tables()) == {}

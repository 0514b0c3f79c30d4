"""Random devices, log-ins and declared links through dbt, and the dictionary's rules read literally."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.dbt.intermediate.conftest import Source

Row = dict[str, object]
START = datetime(2026, 6, 1)
GAP, CAP = timedelta(minutes=30), timedelta(hours=2)
PLACE = {"_file": "f", "_file_sha256": "s", "_loaded_on": "2026-06-30"}


def _events(chance: random.Random) -> list[Row]:
    """Bursts whose silences are often exactly the gap, some of them longer than the cap."""
    rows: list[Row] = []
    for user in range(8):
        at = START + timedelta(minutes=chance.randint(0, 300))
        for _ in range(40):
            at += chance.choice([timedelta(0), timedelta(minutes=5), GAP, GAP, GAP + timedelta(seconds=1)])
            who = chance.choice(["user", "both", "device"])
            # device 0 is everybody's
            device = f"d{chance.choice([user, user, 0])}"
            rows.append(
                {
                    "event_id": f"e{len(rows):04}",
                    "event_name": "click",
                    "occurred_at": at,
                    "user_id": None if who == "device" else f"u{user}",
                    "anonymous_id": None if who == "user" else device,
                    "session_id": f"s{at.hour % 3}",
                    "_feed": chance.choice(["web", "app"]),
                    "_line": len(rows),
                }
                | PLACE
            )
    return rows


def _links() -> list[Row]:
    """Two accounts of one person, and two devices that are one."""
    pairs = [("user_id", "u6", "user_id", "u3"), ("anonymous_id", "d99", "anonymous_id", "d5")]
    return [
        {"id_type": a, "id": b, "linked_id_type": c, "linked_id": d, "linked_at": START, "_line": n}
        | {"_feed": "crm"}
        | PLACE
        for n, (a, b, c, d) in enumerate(pairs)
    ]


def _people(events: list[Row]) -> dict[str, str]:
    """The person of every identifier: users stay apart, a device is its first user's."""
    found = {f"u:u{n}": f"u:u{3 if n == 6 else n}" for n in range(8)}
    pairs = [(e["occurred_at"], e["user_id"], e["anonymous_id"]) for e in events]
    for _, user, device in sorted(p for p in pairs if p[1] and p[2]):
        found.setdefault(f"a:{device}", found[f"u:{user}"])
    for _, _, device in pairs:
        if device:
            found.setdefault(f"a:{device}", f"a:{device}")
    found["a:d99"] = found["a:d5"]
    return found


def _sessions(events: list[Row], people: dict[str, str], trusted: str) -> dict[str, tuple[str, int, bool]]:
    """Of every event the first event of its session, its place in it, and whether it was cut off."""
    streams: dict[object, list[Row]] = {}
    for event in sorted(events, key=lambda e: (e["occurred_at"], e["event_id"])):
        person = people[f"u:{event['user_id']}" if event["user_id"] else f"a:{event['anonymous_id']}"]
        own = event["session_id"] if event["_feed"] == trusted else None
        streams.setdefault((person, own), []).append(event)
    found = {}
    for (_, own), stream in streams.items():
        start = before = head = None
        place = piece = 0
        for event in stream:
            at = event["occurred_at"]
            if before is None or (own is None and at - before > GAP):
                start, head, place, piece = at, event["event_id"], 0, 0
            if (at - start) // CAP > piece:
                head, place, piece = event["event_id"], 0, (at - start) // CAP
            place, before = place + 1, at
            found[event["event_id"]] = (head, place, piece > 0)
    return found


@pytest.mark.parametrize(("seed", "trusted"), [(1, "nobody"), (2, "app")])
def test_people_and_sessions_are_as_the_dictionary_says(source: Source, seed: int, trusted: str) -> None:
    events = _events(random.Random(seed))
    source.build(
        {"events": events, "identities": _links()}, trust_source_sessions=[trusted], session_cap_hours=2
    )
    people = _people(events)
    identifiers = source.house.table("intermediate.int_users__identifiers")
    kinds = identifiers["id_type"].map({"user_id": "u:", "anonymous_id": "a:"})
    assert dict(zip(kinds + identifiers["id"], identifiers["person_id"], strict=True)) == people

    keys = dict(zip(identifiers["person_id"], identifiers["user_key"], strict=True))
    rows = source.house.table("intermediate.int_behaviour__events").set_index("event_id")
    expected = _sessions(events, people, trusted)
    assert len(rows) == len(events) == len(expected)
    assert any(cut for _, _, cut in expected.values())
    for event in events:
        own, id_ = rows.loc[event["event_id"]], event["user_id"] or event["anonymous_id"]
        person = people[f"{'u' if event['user_id'] else 'a'}:{id_}"]
        head, place, is_cut = expected[str(event["event_id"])]
        assert own["user_key"] == keys[person]
        assert own["session_id"] == hashlib.md5(f"{keys[person]}|{head}".encode()).hexdigest()
        assert (own["event_number"], own["is_session_capped"]) == (place, is_cut)

    sessions = source.house.table("intermediate.int_behaviour__sessions")
    assert sessions["event_count"].sum() == len(events)
    assert Decimal(str(sessions["dwell_seconds"].max())) >= 0


def test_a_long_chain_of_declared_links_is_one_person(source: Source) -> None:
    names = [f"u{n:03}" for n in range(600)]
    chance = random.Random(5)
    chance.shuffle(names)
    pairs = [*pairwise(names)]
    chance.shuffle(pairs)
    source.build(
        {
            "identities": [
                {"id_type": "user_id", "id": a, "linked_id_type": "user_id", "linked_id": b}
                | {"linked_at": START, "_line": n, "_feed": "crm"}
                | PLACE
                for n, (a, b) in enumerate(pairs)
            ]
        }
    )
    people = source.house.table("intermediate.int_users__people")
    assert list(people["user_id"]) == ["u000"]

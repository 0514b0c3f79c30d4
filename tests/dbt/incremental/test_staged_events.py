"""Events that arrive over several nights are staged as if they had come at once."""

from __future__ import annotations

from datetime import date, datetime

from tests.dbt.incremental.conftest import Nights

PLACE = {"_file": "f", "_file_sha256": "s", "_loaded_on": "2026-06-30", "_feed": "web", "_line": 1}


def _event(event_id: str, at: str, name: str = "click", user: str = "u1") -> dict[str, object]:
    moment = datetime.fromisoformat(f"2026-06-{at}")
    return {"event_id": event_id, "event_name": name, "occurred_at": moment, "user_id": user} | PLACE


def _staged(nights: Nights) -> list[tuple[str, str, str]]:
    rows = nights.tables()["staging.stg_events"]
    return sorted(zip(rows["event_id"], rows["occurred_at"].str[8:16], rows["event_name"], strict=True))


def test_repeated_late_corrected_and_future_events_add_up(nights: Nights) -> None:
    """The days end at 16:00 UTC. Each expectation was worked by hand."""
    build = ["stg_events"]
    nights.night(
        date(2026, 6, 10),
        {
            "events": [
                _event("a", "10 10:00"),
                _event("b", "10 11:00"),
                _event("ahead", "12 01:00"),
                _event("ahead", "11 01:00"),
            ]
        },
        build=build,
    )
    assert _staged(nights) == [("a", "10 10:00", "click"), ("b", "10 11:00", "click")]

    # a again as it was, b again but earlier, c new and late, ahead becomes visible by itself
    again = [_event("a", "10 10:00"), _event("b", "09 11:00", user="u2"), _event("c", "01 00:00")]
    nights.night(date(2026, 6, 11), {"events": again}, build=build)
    assert _staged(nights) == [
        ("a", "10 10:00", "click"),
        ("ahead", "11 01:00", "click"),
        ("b", "09 11:00", "click"),
        ("c", "01 00:00", "click"),
    ]
    changed = nights.tables()["staging.stg_events_delta"].set_index("event_id")
    assert sorted(changed.index) == ["ahead", "b", "c"]
    assert changed.loc["b", "replaced_user_id"] == "u1"

    # a later version of b loses, and a night without news changes nothing
    nights.night(date(2026, 6, 12), {"events": [_event("b", "10 11:00", "view")]}, build=build)
    nights.night(date(2026, 6, 13), {}, build=build)
    by_night = nights.tables()
    nights.until = None
    nights.build(date(2026, 6, 13), *build)
    assert by_night["staging.stg_events"].equals(nights.tables()["staging.stg_events"])
    assert len(by_night["staging.stg_events"]) == 4

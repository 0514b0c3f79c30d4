"""Pages, clicks and active hours of random worlds, counted once more event by event."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.house import House

START = datetime(2026, 3, 27, 9)
BUSINESS = ZoneInfo("Asia/Shanghai")
# Quarters of an hour, a change of clocks on 29 March, several zones, a country nobody knows, none.
ZONES = {
    "NP": "Asia/Kathmandu", "DE": "Europe/Berlin", "IN": "Asia/Kolkata", "US": None, "XX": None, None: None,
}  # fmt: skip
PAGES = ("/", 'it\'s "a" page', "صفحة 🛍", None)
NAMES = ("page_view", "impression", "click", "sent")
ELEMENTS = ("menu", " 客服 ", "'; drop table", None)

events = st.tuples(
    st.sampled_from(NAMES),
    st.integers(0, 5 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(PAGES),
    st.sampled_from(("a", "b", None)),
    st.sampled_from(ELEMENTS),
    st.sampled_from((None, 0, 1.5, 7)),
    st.booleans(),
)
worlds = st.lists(
    st.tuples(st.sampled_from(list(ZONES)), st.lists(events, max_size=12)), min_size=1, max_size=12
)


def _rows(world: list) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The events of everybody, and a session a person of all of theirs."""
    rows, sessions = [], []
    for number, (_, own) in enumerate(world):
        found = [
            {
                "event_id": f"{number}-{place}",
                "user_key": f"p{number}",
                "session_id": f"s{number}",
                "event_name": name,
                "occurred_at": START + after,
                "event_day": (START + after).replace(tzinfo=UTC).astimezone(BUSINESS).date(),
                "is_view": name == "page_view",
                "is_core": name != "sent" and is_core,
                "page": page,
                "item_id": item,
                "dwell_seconds": dwell,
                "properties": None if element is None else json.dumps({"where": element}),
            }
            for place, (name, after, page, item, element, dwell, is_core) in enumerate(own)
        ]
        rows += found
        if found:
            paged = sorted((e for e in found if e["page"]), key=lambda e: (e["occurred_at"], e["event_id"]))
            times = [e["occurred_at"] for e in found]
            sessions.append(
                {
                    "session_id": f"s{number}",
                    "user_key": f"p{number}",
                    "started_at": min(times),
                    "ended_at": max(times),
                    "session_day": min(e["event_day"] for e in found),
                    "event_count": len(found),
                    "lead_seconds": 0,
                    "is_bounce": number % 2 == 0,
                    "entry_page": paged[0]["page"] if paged else None,
                    "exit_page": paged[-1]["page"] if paged else None,
                }
            )
    return rows, sessions


def pages(rows: list[dict[str, Any]], sessions: list[dict[str, Any]]) -> dict[tuple, tuple]:
    """Page and day to what is counted of them."""
    found: dict[tuple, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for event in rows:
        if event["page"] is None:
            continue
        key = event["page"], event["event_day"]
        if event["is_view"]:
            found[key]["views"].append(event)
        elif event["event_name"] == "impression" and event["item_id"]:
            found[key]["shown"].append(event["item_id"])
    for session in sessions:
        if session["entry_page"] is not None:
            ended = session["ended_at"].replace(tzinfo=UTC).astimezone(BUSINESS).date()
            found[session["entry_page"], session["session_day"]]["entries"].append(session["is_bounce"])
            found[session["exit_page"], ended]["exits"].append(session)
    result = {}
    for (page, day), own in found.items():
        here = [e for e in rows if e["page"] == page and e["event_day"] == day]
        clicks = [e for e in here if e["event_name"] == "click" and e["item_id"] in own["shown"]]
        dwells = [e["dwell_seconds"] for e in own["views"] if e["dwell_seconds"] is not None]
        result[page, day] = (
            len(own["views"]),
            len({e["user_key"] for e in own["views"]}),
            len(own["entries"]),
            len(own["exits"]),
            sum(own["entries"]),
            median(dwells) if dwells else None,
            round(len(clicks) / len(own["shown"]), 8) if own["shown"] else None,
        )
    return result


def heat(rows: list[dict[str, Any]]) -> dict[tuple, tuple]:
    """Page, element and day to clicks, people and clicks per view."""
    found: dict[tuple, list[str]] = defaultdict(list)
    for event in rows:
        if event["event_name"] == "click" and event["properties"]:
            element = json.loads(event["properties"])["where"].strip()
            found[event["page"] or "unknown", element, event["event_day"]].append(event["user_key"])
    result = {}
    for (page, element, day), who in found.items():
        views = sum(e["is_view"] and e["page"] == page and e["event_day"] == day for e in rows)
        share = round(len(who) / views, 8) if views else None
        result[page, element, day] = (len(who), len(set(who)), share)
    return result


def hours(world: list, rows: list[dict[str, Any]]) -> dict[tuple, tuple]:
    """Weekday and hour to events and people, by everybody's own clock."""
    found: dict[tuple, list[str]] = {(day, hour): [] for day in range(1, 8) for hour in range(24)}
    for event in rows:
        if event["is_core"]:
            country = world[int(event["user_key"][1:])][0]
            zone = ZoneInfo(ZONES[country] or BUSINESS.key)
            local = event["occurred_at"].replace(tzinfo=UTC).astimezone(zone)
            found[local.isoweekday(), local.hour].append(event["user_key"])
    return {key: (len(who), len(set(who))) for key, who in found.items()}


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, str) else float(value)


def _table(house: House, name: str, keys: int, columns: list[str]) -> dict[tuple, tuple]:
    table = house.table(f"marts.{name}")[columns]
    plain = [tuple(_plain(value) for value in row) for row in table.itertuples(index=False)]
    return {row[:keys]: row[keys:] for row in plain}


@given(worlds, st.randoms(use_true_random=False))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_pages_clicks_and_hours_are_those_counted_by_hand(house: House, world: list, chance: Any) -> None:
    rows, sessions = _rows(world)
    chance.shuffle(rows)
    house.fill_users([{"user_key": f"p{n}", "country": country} for n, (country, _) in enumerate(world)])
    house.fill(
        {
            "int_behaviour__events": pd.DataFrame(rows),
            "int_behaviour__sessions": pd.DataFrame(sessions),
        }
    )
    names = ["fct_event_rows", "fct_session_rows", "fct_events", "fct_sessions"]
    names += ["rpt_pages", "rpt_clicks", "rpt_active_hours"]
    result = house.dbt("run", "--full-refresh", "--select", *names, element_property="where")
    assert result.success, [r.message for r in result.result.results]
    counted = ["views", "people", "entries", "exits", "bounces", "median_dwell_seconds"]
    columns = ["page", "day", *counted, "click_through_rate"]
    assert _table(house, "rpt_pages", 2, columns) == pages(rows, sessions)
    columns = ["page", "element", "day", "clicks", "people", "clicks_per_view"]
    assert _table(house, "rpt_clicks", 3, columns) == heat(rows)
    columns = ["weekday", "hour", "events", "people"]
    assert _table(house, "rpt_active_hours", 2, columns) == hours(world, rows)


@pytest.fixture(autouse=True, scope="module")
def _emptied(house: House) -> Iterator[None]:
    """Other tests find the tables as they left them: without rows."""
    yield
    none = pd.DataFrame()
    names = ("int_behaviour__events", "int_behaviour__sessions", "public_db.marts.dim_users")
    house.fill(dict.fromkeys(names, none))

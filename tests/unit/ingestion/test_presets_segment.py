"""Segment and RudderStack presets on records written after their public specification; nothing is lost."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from tests.unit.ingestion.conftest import World
from tests.unit.ingestion.preset_records import AT, Record, only, pull_records

CONTEXT: Record = {
    "library": {"name": "analytics.js", "version": "2.1.0"},
    "ip": "203.0.113.7",
    "page": {"url": "https://shop.test/a?x=1", "path": "/a", "title": "A", "referrer": "https://s.test/"},
    "campaign": {"name": "june", "source": "news", "medium": "email", "term": "t", "content": "c"},
    "locale": "en-GB",
}
SEGMENT: Record = {
    "anonymousId": "anon-1", "userId": "u1", "messageId": "ajs-1", "timestamp": "2026-06-01T08:30:00.250Z",
    "receivedAt": "2026-06-01T08:30:02Z", "context": CONTEXT,
}  # fmt: skip
BOUGHT: Record = {"product_id": "p9", "revenue": 19.95, "currency": "EUR", "coupon": "X"}
TRACK: Record = {**SEGMENT, "type": "track", "event": "Order Completed", "properties": BOUGHT}
VIEWED: Record = {"url": "https://shop.test/b", "title": "B"}
PAGE: Record = {**SEGMENT, "type": "page", "messageId": "ajs-2", "name": "Home", "properties": VIEWED}
TRAITS: Record = {
    "email": "ann@example.test", "name": "Ann", "createdAt": "2025-01-02T03:04:05+02:00", "plan": "gold",
    "address": {"city": "Bath", "country": "UK"}, "shoe": 38,
}  # fmt: skip
IDENTIFY: Record = {**SEGMENT, "type": "identify", "messageId": "ajs-3", "traits": TRAITS}
MIXED = (TRACK, PAGE, IDENTIFY)


def test_segment_track_out_of_a_mixed_file(world: World) -> None:
    pull_records(world, "segment_track", *MIXED)
    columns = "event_id, event_name, occurred_at, user_id, anonymous_id, channel, page_url, referrer"
    assert only(world, columns) == (
        "ajs-1", "Order Completed", AT, "u1", "anon-1", "web", "https://shop.test/a?x=1", "https://s.test/",
    )  # fmt: skip
    assert only(world, "utm_source, utm_medium, utm_campaign, utm_content, utm_term") == (
        "news", "email", "june", "c", "t",
    )  # fmt: skip
    assert only(world, "item_id, value, currency") == ("p9", Decimal("19.95"), "EUR")
    kept = json.loads(only(world, "properties")[0])
    assert (kept["properties"], kept["context"]) == (BOUGHT, CONTEXT)
    assert (kept["receivedAt"], kept["type"]) == (SEGMENT["receivedAt"], "track")


# A column of the preset is taken away by mapping it to null.
OWN = "columns: {session_id: context.sessionId, item_id: 'null'}\n"


def test_rudderstack_track_of_an_app_whose_tenant_replaces_a_column(world: World) -> None:
    context = {"device": {"type": "Android"}, "os": {"name": "Android"}, "app": {"version": "3.2"}}
    record = {**TRACK, "channel": "mobile", "context": context, "timestamp": "2026-06-01T14:00:00.25+05:30"}
    pull_records(world, "segment_track", record, more=OWN)
    found = only(world, "occurred_at, channel, platform, os, app_version, item_id")
    assert found == (AT, "app", "android", "Android", "3.2", None)


def test_segment_pages_and_screens(world: World) -> None:
    screen = {**PAGE, "type": "screen", "messageId": "s1", "context": {}, "properties": {"tab": 2}}
    pull_records(world, "segment_page", *MIXED, screen)
    found = world.query("events", "event_id, event_name, channel, page_url, page_title, screen")
    assert found == [
        ("ajs-2", "page_view", "web", "https://shop.test/b", "B", None),
        ("s1", "screen_view", "app", None, None, "Home"),
    ]
    kept = [json.loads(row[0]) for row in world.query("events", "properties")]
    assert [(k["type"], k["name"]) for k in kept] == [("page", "Home"), ("screen", "Home")]
    assert kept[1]["properties"] == {"tab": 2}


@pytest.mark.parametrize("below_context", [False, True], ids=["segment", "rudderstack"])
def test_segment_identify(world: World, below_context: bool) -> None:
    record = IDENTIFY
    if below_context:
        record = {**IDENTIFY, "traits": {}, "context": {**CONTEXT, "traits": TRAITS}}
    stranger = {**IDENTIFY, "userId": None, "messageId": "ajs-4"}
    pull_records(world, "segment_identify", TRACK, record, stranger)
    columns = "user_id, registered_at, updated_at, email, name, city, country, membership_level"
    registered = datetime(2025, 1, 2, 1, 4, 5)
    assert only(world, columns, "users") == (
        "u1", registered, AT, "ann@example.test", "Ann", "Bath", "UK", "gold",
    )  # fmt: skip
    kept = json.loads(only(world, "attributes", "users")[0])
    assert (kept["context"] if below_context else kept)["traits"]["shoe"] == 38
    columns = "id_type, id, linked_id_type, linked_id, linked_at"
    assert only(world, columns, "identities") == ("anonymous_id", "anon-1", "user_id", "u1", AT)

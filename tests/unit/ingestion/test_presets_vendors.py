"""Presets on records written after each vendor's public format: rows, values, times, and nothing lost."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.unit.ingestion.conftest import World
from tests.unit.ingestion.preset_records import AT, Record, pull_records

GA4: Record = {
    "event_date": "20260601",
    "event_timestamp": "1780302600250000",
    "event_name": "page_view",
    "event_params": [
        {"key": "ga_session_id", "value": {"int_value": "1780302599"}},
        {"key": "page_location", "value": {"string_value": "https://shop.test/?a=1&b=\"2\""}},
        {"key": "page_title", "value": {"string_value": "Größe \\ 大"}},
        {"key": "engaged", "value": {"double_value": 0.5}},
    ],
    "event_value_in_usd": 3.5,
    "user_pseudo_id": "11.22",
    "device": {"category": "mobile", "operating_system": "Android"},
    "geo": {"country": "Germany", "region": "Berlin"},
    "collected_traffic_source": {"manual_source": "news", "manual_campaign_name": "june"},
    "platform": "WEB",
    "items": [],
}  # fmt: skip


def test_ga4_export(world: World) -> None:
    bare = {key: GA4[key] for key in ("event_name", "event_timestamp", "user_pseudo_id")}
    pull_records(world, "ga4_export", GA4, {**bare, "user_id": "u1"})
    columns = "event_name, occurred_at, user_id, anonymous_id, session_id, channel, platform, device_type"
    (first, second) = world.query("events", columns)
    assert first == ("page_view", AT, None, "11.22", "11.22.1780302599", "web", "web", "mobile")
    assert second == ("page_view", AT, "u1", "11.22", None, None, None, None)
    columns = "page_url, page_title, referrer, country, utm_source, utm_campaign, value, currency, event_id"
    found = world.query("events", columns)
    assert found[0][:3] == ('https://shop.test/?a=1&b="2"', "Größe \\ 大", None)
    assert found[0][3:8] == ("Germany", "news", "june", Decimal("3.5"), "USD")
    assert found[0][8] != found[1][8]
    (kept, nothing) = [json.loads(row[0]) if row[0] else None for row in world.query("events", "properties")]
    assert kept["event_params"] == GA4["event_params"]
    assert (kept["event_date"], kept["device"]) == ("20260601", GA4["device"])
    assert nothing is None


def test_ga4_export_that_writes_its_nulls_and_knows_nobody(world: World) -> None:
    session = {"string_value": None, "int_value": 7, "double_value": None}
    records = [
        {**GA4, "event_params": [{"key": "ga_session_id", "value": session}]},
        {**GA4, "user_pseudo_id": None},
    ]
    pull_records(world, "ga4_export", *records, more="skip_when: user_pseudo_id is null\n")
    assert world.query("events", "session_id, page_url") == [("11.22.7", None)]


SENSORS: Record = {
    "type": "track", "event": "ViewProduct", "time": 1780302600250, "distinct_id": "device-1",
    "anonymous_id": "device-1", "project": "shop", "properties": {
        "$lib": "iOS", "$os": "iOS", "$app_version": "1.3", "$province": "湖南", "$model": "iPhone5,2",
        "$utm_source": "news", "product_name": "苹果", "event_duration": 12.5,
    },
}  # fmt: skip


def test_sensors_analytics(world: World) -> None:
    bare = {key: value for key, value in SENSORS.items() if key != "anonymous_id"}
    web = {"$lib": "js", "$url": "https://shop.test/", "$title": "店", "$is_login_id": True}
    records = [
        SENSORS,
        {**SENSORS, "login_id": "u1", "distinct_id": "u1", "event": "$AppViewScreen"},
        {**bare, "distinct_id": "u1", "event": "$pageview", "properties": web},
        {**bare, "distinct_id": "device-2"},
        {**bare, "type": "track_signup", "event": "$SignUp", "distinct_id": "u1", "original_id": "device-1"},
        {**bare, "type": "profile_set", "properties": {"city": "长沙"}},
    ]
    pull_records(world, "sensors_analytics", *records)
    found = world.query("events", "event_name, user_id, anonymous_id, channel, occurred_at")
    assert found == [
        ("ViewProduct", None, "device-1", "app", AT),
        ("screen_view", "u1", "device-1", "app", AT),
        ("page_view", "u1", None, "web", AT),
        ("ViewProduct", None, "device-2", "app", AT),
        ("$SignUp", "u1", "device-1", "app", AT),
    ]
    columns = "os, app_version, region, platform, utm_source, duration_seconds, page_url, properties"
    first = world.query("events", columns)[0]
    assert first[:7] == ("iOS", "1.3", "湖南", "ios", "news", Decimal("12.5"), None)
    (at_first, at_login) = [json.loads(row[0]) for row in world.query("events", "properties")][:2]
    assert (at_first["type"], at_login["event"], at_login["distinct_id"]) == ("track", "$AppViewScreen", "u1")
    kept = json.loads(first[7])
    assert (kept["properties"], kept["project"]) == (SENSORS["properties"], "shop")


POSTHOG: Record = {
    "uuid": "018f-1", "event": "$pageview", "distinct_id": "018f-device", "person_id": "p",
    "timestamp": "2026-06-01T08:30:00.250000+00:00", "properties": {
        "$current_url": "https://shop.test/", "$lib": "web", "$session_id": "s1", "$is_identified": False,
        "$device_type": "Desktop", "$os": "Linux", "utm_source": "news", "title": "T", "own": [1, 2],
    },
}  # fmt: skip


def test_posthog_events(world: World) -> None:
    known = {"$lib": "web", "$is_identified": True}
    linked = {**known, "$anon_distinct_id": "018f-device"}
    device = {"$lib": "posthog-ios", "$device_id": "d", "$screen_name": "Cart"}
    records = [
        POSTHOG,
        {**POSTHOG, "uuid": "2", "event": "$identify", "distinct_id": "u1", "properties": linked},
        {**POSTHOG, "uuid": "3", "event": "paid", "distinct_id": "u1", "properties": known},
        {**POSTHOG, "uuid": "4", "event": "$screen", "distinct_id": "d", "properties": device},
        {**POSTHOG, "uuid": "5", "event": "renewed", "distinct_id": "u1", "properties": {}},
    ]
    pull_records(world, "posthog_events", *records)
    assert world.query("events", "event_id, event_name, user_id, anonymous_id, channel, occurred_at") == [
        ("018f-1", "page_view", None, "018f-device", "web", AT),
        ("2", "$identify", "u1", "018f-device", "web", AT),
        ("3", "paid", "u1", None, "web", AT),
        ("4", "screen_view", None, "d", "app", AT),
        ("5", "renewed", "u1", None, None, AT),
    ]
    columns = "page_url, page_title, session_id, device_type, os, utm_source, properties"
    first = world.query("events", columns)[0]
    assert first[:6] == ("https://shop.test/", "T", "s1", "desktop", "Linux", "news")
    kept = json.loads(first[6])
    assert (kept["properties"], kept["person_id"]) == (POSTHOG["properties"], "p")


def _stripe(name: str, amount: int, interval: str, count: int = 1, **more: Any) -> Record:
    price = {
        "id": f"price_{name}", "nickname": None, "unit_amount": amount, "currency": "usd",
        "recurring": {"interval": interval, "interval_count": count},
    }  # fmt: skip
    items = {"object": "list", "data": [{"id": f"si_{name}", "price": price, "quantity": 1}]}
    return {
        "id": f"sub_{name}", "object": "subscription", "customer": "cus_1", "status": "active",
        "currency": "usd", "start_date": 1780302600, "ended_at": None, "items": items,
        "cancellation_details": {"comment": None, "reason": None}, **more,
    }  # fmt: skip


def test_stripe_subscriptions(world: World) -> None:
    ended = {"ended_at": 1781166600, "status": "canceled"}
    two = _stripe("two", 500, "month")
    two["items"]["data"] += _stripe("more", 900, "month")["items"]["data"]
    seats = _stripe("seats", 1250, "month")
    seats["items"]["data"][0]["quantity"] = 3
    records = [
        _stripe("month", 1999, "month", customer={"id": "cus_1", "object": "customer"}),
        _stripe("year", 12000, "year", **ended, cancellation_details={"reason": "payment_failed"}),
        _stripe("quarter", 3000, "month", 3),
        _stripe("yen", 980, "month", currency="jpy"),
        seats,
        two,
        _stripe("never", 100, "month", status="incomplete_expired"),
    ]
    pull_records(world, "stripe_subscriptions", *records)
    assert world.query("subscriptions", "subscription_id, user_id, plan, monthly_amount, currency") == [
        ("sub_month", "cus_1", "price_month", Decimal("19.99"), "USD"),
        ("sub_year", "cus_1", "price_year", Decimal(10), "USD"),
        ("sub_quarter", "cus_1", "price_quarter", Decimal(10), "USD"),
        ("sub_yen", "cus_1", "price_yen", Decimal(980), "JPY"),
        ("sub_seats", "cus_1", "price_seats", Decimal("37.5"), "USD"),
        ("sub_two", "cus_1", "price_two", None, "USD"),
    ]
    found = world.query("subscriptions", "started_at, ended_at, end_reason, extra")
    start = AT.replace(microsecond=0)
    assert found[0][:3] == (start, None, None)
    assert found[1][:3] == (start, datetime(2026, 6, 11, 8, 30), "payment_failed")
    kept = json.loads(found[5][3])
    assert [item["id"] for item in kept["items"]["data"]] == ["si_two", "si_more"]
    assert "start_date" not in kept
    assert [json.loads(row[3])["status"] for row in found[:2]] == ["active", "canceled"]
    assert json.loads(found[0][3])["customer"] == {"id": "cus_1", "object": "customer"}

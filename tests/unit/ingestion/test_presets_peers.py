"""Presets on real exports: the test data of other projects, counted again by the csv module."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration import environment
from orchestration.ingestion.ledger import FileLoad
from tests.unit.ingestion.conftest import World

PEERS = environment.PROJECT_ROOT.parent / "shared" / "data" / "peers"
SNOWPLOW = PEERS / "snowplow_web_0.15.2/integration_tests/data/source"
SHOPIFY = PEERS / "fivetran_shopify/integration_tests/seeds"
SEGMENT = PEERS / "dbtlabs_segment/integration_tests/seeds"

pytestmark = pytest.mark.skipif(not PEERS.is_dir(), reason="the other projects' test data is not here")


def _pull(world: World, preset: str, path: Path, more: str = "") -> tuple[FileLoad, list[dict[str, str]]]:
    """What came of a file, and its rows as the csv module reads them."""
    world.write_feed(f"feed: site\npreset: {preset}\nsource: {{path: '${{LANDING}}/{path.name}'}}\n{more}")
    world.land(path.name, path.read_bytes())
    (load,) = world.pull()
    assert load.physical == load.accepted + load.quarantined + load.duplicate
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert load.physical == len(rows)
    return load, rows


def test_snowplow_events(world: World) -> None:
    load, rows = _pull(world, "snowplow_events", SNOWPLOW / "snowplow_web_events.csv")
    copies = len(rows) - len({tuple(row.values()) for row in rows})
    assert (load.quarantined, load.duplicate) == (0, copies)
    found = world.query(
        "events",
        "event_id, event_name, occurred_at, user_id, anonymous_id, session_id, channel, page_url, "
        "page_title, referrer, utm_source, country, properties",
    )
    assert len(found) == load.accepted
    seen = set()
    expected = []
    for row in rows:
        if (key := tuple(row.values())) in seen:
            continue
        seen.add(key)
        said = [
            row[name] or None
            for name in (
                "user_id", "domain_userid", "domain_sessionid", "platform", "page_url", "page_title",
                "page_referrer", "mkt_source", "geo_country",
            )
        ]  # fmt: skip
        at = datetime.fromisoformat(row["derived_tstamp"])
        expected.append((row["event_id"], row["event_name"], at, *said))
    assert [row[:-1] for row in found] == expected
    first = json.loads(found[0][-1])
    source = rows[0]
    assert first["useragent"] == source["useragent"]
    assert first["collector_tstamp"] == source["collector_tstamp"]
    column = "contexts_com_snowplowanalytics_snowplow_web_page_1_0_0"
    assert first[column] == source[column]
    assert not {"event_id", "page_url", "derived_tstamp"} & set(first)


def test_snowplow_events_that_state_their_offset(world: World) -> None:
    load, rows = _pull(world, "snowplow_events", SNOWPLOW / "snowplow_web_vital_events.csv")
    named = [row for row in rows if row["event_id"]]
    # The file ends with a row that has nothing but a context.
    assert (load.accepted, load.quarantined) == (len(named), len(rows) - len(named))
    ((at, device),) = world.query("events", "occurred_at, device_type")[:1]
    assert (at, device) == (datetime(2023, 3, 1, 6, 16, 9, 201000), "mobile")


def test_shopify_orders(world: World) -> None:
    load, rows = _pull(world, "shopify_orders", SHOPIFY / "shopify_order_data.csv")
    assert (load.accepted, load.quarantined) == (len(rows), 0)
    found = world.query(
        "orders",
        "order_id, user_id, ordered_at, status, amount, currency, discount_amount, tax_amount, channel, "
        "attributes",
    )
    for row, order in zip(rows, found, strict=True):
        assert order[:3] == (row["id"], row["customer_id"], datetime.fromisoformat(row["created_at"]))
        assert order[4] == Decimal(row["total_price"])
        assert order[6:8] == (Decimal(row["total_discounts"]), Decimal(row["total_tax"]))
        assert (order[5], order[8]) == (row["currency"], row["source_name"])
        kept = json.loads(order[9])
        assert kept["subtotal_price"] == row["subtotal_price"]
        assert kept["email"] == row["email"]
        assert kept["financial_status"] == row["financial_status"]
        assert kept.get("fulfillment_status", "") == row["fulfillment_status"]
    fulfilled = [row["fulfillment_status"] == "fulfilled" for row in rows]
    assert [order[3] == "fulfilled" for order in found] == fulfilled


def test_shopify_order_lines(world: World) -> None:
    load, rows = _pull(world, "shopify_order_lines", SHOPIFY / "shopify_order_line_data.csv")
    assert (load.accepted, load.quarantined) == (len(rows), 0)
    found = world.query("order_items", "order_id, line_number, product_id, quantity, unit_price, extra")
    for row, line in zip(rows, found, strict=True):
        assert line[:3] == (row["order_id"], int(row["index"]), row["product_id"] or row["id"])
        assert line[3:5] == (int(row["quantity"]), Decimal(row["price"]))
        kept = json.loads(line[5])
        assert (kept["sku"], kept["id"]) == (row["sku"], row["id"])


def test_shopify_customers(world: World) -> None:
    load, rows = _pull(world, "shopify_customers", SHOPIFY / "shopify_customer_data.csv")
    assert (load.accepted, load.quarantined) == (len(rows), 0)
    found = world.query("users", "user_id, registered_at, updated_at, email, phone, name, attributes")
    for row, user in zip(rows, found, strict=True):
        times = [datetime.fromisoformat(row[name].strip()) for name in ("created_at", "updated_at")]
        name = f"{row['first_name']} {row['last_name']}"
        assert user[:6] == (row["id"], *times, row["email"], row["phone"] or None, name)
        assert json.loads(user[6])["total_spent"] == row["total_spent"]


def test_segment_pages_table(world: World) -> None:
    load, rows = _pull(world, "segment_pages_table", SEGMENT / "example_segment_pages.csv")
    assert (load.accepted, load.quarantined) == (len(rows), 0)
    found = world.query(
        "events",
        "event_id, event_name, occurred_at, user_id, anonymous_id, page_url, utm_campaign, utm_term, "
        "properties",
    )
    for row, event in zip(rows, found, strict=True):
        at = datetime.fromisoformat(row["timestamp"])
        assert event[:3] == (row["id"], "page_view", at)
        assert event[3:5] == (row["user_id"], row["anonymous_id"])
        assert event[5:8] == (row["url"], row["context_campaign_name"], row["context_campaign_term"])
        assert json.loads(event[8])["context_ip"] == row["context_ip"]

"""Snowplow's e-commerce package, version 0.6.1: its own test input, and the answers it expects."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from tests.company import Company
from tests.peers.published import PEERS, given, rows

SHOP = "snowplow_ecommerce_0.6.1/integration_tests/data"
EXPECTED = PEERS / SHOP / "expected" / "default"
CONTEXT = "contexts_com_snowplowanalytics_snowplow_ecommerce_{}_1_0_0"
# Their total adds euros and dollars as they are, so this company calls them all euros. The one event
# without a visitor's id is told apart by its session; their sessions leave it out.
FEED = """
feed: shop
preset: snowplow_ecommerce
source: {path: "${LANDING}/snowplow_ecommerce_events.csv"}
entities:
  events:
    columns:
      currency: "'EUR'"
      anonymous_id: >-
        coalesce(domain_userid, domain_sessionid,
        contexts_com_snowplowanalytics_snowplow_client_session_1_0_1 ->> '$[0].userId')
  orders:
    columns:
      currency: "'EUR'"
      anonymous_id: >-
        coalesce(domain_userid, domain_sessionid,
        contexts_com_snowplowanalytics_snowplow_client_session_1_0_1 ->> '$[0].userId')
"""
SETTINGS = {
    "business_time_zone": "Etc/UTC",
    "base_currency": "EUR",
    "trust_source_sessions": ["shop"],
    "session_cap_hours": 72,
    "conversion_events": ["transaction"],
}
EVENTS = """
select
    events.event_id,
    events.session_id,
    events.event_name,
    events.occurred_at,
    events.value,
    staged.session_id as source_id,
    staged.properties
from public_db.marts.fct_events as events
inner join staging.stg_events as staged on events.event_id = staged.event_id
"""


@pytest.fixture(scope="module")
def shop(company: Company) -> Company:
    company.take(given("peers", *f"{SHOP}/source/snowplow_ecommerce_events.csv".split("/")))
    company.settings(**SETTINGS)
    company.feed(FEED)
    company.night(date(2022, 12, 31))
    return company


@pytest.fixture(scope="module")
def events(shop: Company) -> pd.DataFrame:
    """The events of fct_events, with the contexts that a feed keeps beside its columns."""
    found = shop.query(EVENTS)
    kept = found["properties"].map(json.loads)
    for name in ("product", "cart", "checkout_step"):
        contexts = [said.get(CONTEXT.format(name)) or "[]" for said in kept]
        found[name] = [json.loads(context) for context in contexts]
    return found


def test_every_product_interaction_is_there(events: pd.DataFrame) -> None:
    expected = rows(EXPECTED / "snowplow_ecommerce_product_interactions_expected.csv")
    found = [(event.event_id, product["id"]) for event in events.itertuples() for product in event.product]
    assert len(expected) == 928
    assert sorted(found) == sorted((row["event_id"], row["product_id"]) for row in expected)


@pytest.mark.parametrize(
    ("table", "actions", "count"),
    [
        ("cart", {"add_to_cart", "remove_from_cart", "transaction"}, 67),
        ("checkout", {"checkout_step", "transaction"}, 52),
        ("transaction", {"transaction"}, 14),
    ],
)
def test_interactions_are_events_of_their_actions(
    events: pd.DataFrame, table: str, actions: set[str], count: int
) -> None:
    expected = rows(EXPECTED / f"snowplow_ecommerce_{table}_interactions_expected.csv")
    found = events.loc[events["event_name"].isin(actions), "event_id"]
    assert len(expected) == count
    # Of 53 such events one has neither a step nor a visitor, and is no checkout of theirs.
    theirs = {row["event_id"] for row in expected}
    assert theirs <= set(found)
    assert len(set(found) - theirs) == (len(found) - count)


def test_revenue_is_exact_in_events_and_orders(shop: Company, events: pd.DataFrame) -> None:
    exact = Decimal("1466094.89")
    orders = shop.mart("fct_orders")
    assert sum(Decimal(str(value)) for value in events["value"].dropna()) == exact
    assert len(orders) == 14
    (total,) = shop.query("select cast(sum(revenue) as varchar) as total from public_db.marts.fct_orders")[
        "total"
    ]
    assert Decimal(total) == exact


def _columns(session: pd.DataFrame) -> dict[str, Any]:
    """The columns their table of sessions has, of the events of one of ours."""
    count = session["event_name"].value_counts()
    adds = session[session["event_name"] == "add_to_cart"]
    removes = session[session["event_name"] == "remove_from_cart"]
    created = sum(
        sum(float(product["price"]) for product in event.product) == float(event.cart[0]["total_value"])
        for event in adds.itertuples()
    )
    emptied = sum(float(event.cart[0]["total_value"]) == 0 for event in removes.itertuples())
    steps = session[session["event_name"].isin({"checkout_step", "transaction"})]
    # A transaction is the fourth and last step.
    reached = {
        str(e.checkout_step[0]["step"]) if e.event_name == "checkout_step" else "4"
        for e in steps.itertuples()
    }
    sold = session[session["event_name"] == "transaction"]
    return {
        "number_product_views": count.get("product_view", 0) + count.get("list_view", 0),
        "number_add_to_carts": len(adds),
        "number_remove_from_carts": len(removes),
        "number_product_transactions": len(sold),
        "number_carts_created": created,
        "number_carts_emptied": emptied,
        "number_carts_transacted": len(sold),
        "number_unique_checkout_steps_attempted": len(reached),
        "number_checkout_steps_visited": len(steps),
        "checkout_succeeded": len(sold) > 0,
        "total_number_transactions": len(sold),
        "total_transaction_revenue": float(sold["value"].astype(float).sum()),
    }


def _said(text: str) -> float:
    """Their number or truth value; an empty one is none of it."""
    return {"": 0.0, "true": 1.0, "false": 0.0}.get(text.lower()) if not text[:1].isdigit() else float(text)


def test_all_sessions_have_their_cart_checkout_and_transaction_columns(events: pd.DataFrame) -> None:
    expected = {
        row["domain_sessionid"]: row for row in rows(EXPECTED / "snowplow_ecommerce_sessions_expected.csv")
    }
    found = {name: _columns(session) for name, session in events.groupby("source_id")}
    assert len(expected) == 63
    assert events.groupby("source_id")["session_id"].nunique().eq(1).all()
    assert found.keys() > expected.keys()
    assert len(found) == 64
    ours = {name: {k: float(v) for k, v in found[name].items()} for name in expected}
    theirs = {name: {k: _said(row[k]) for k in ours[name]} for name, row in expected.items()}
    assert ours == theirs

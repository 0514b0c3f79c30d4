"""UCI Online Retail: five real days, counted again by other means."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration import environment
from orchestration.ingestion.feed import load_feeds
from orchestration.ingestion.load import pull
from tests.unit.ingestion.conftest import World

PROJECT = environment.PROJECT_ROOT
DAYS = PROJECT.parent / "shared" / "data" / "uci_online_retail" / "by-day"
SAMPLE = ["2010-12-01.csv", "2011-01-05.csv", "2011-08-12.csv", "2011-10-31.csv", "2011-12-09.csv"]

pytestmark = pytest.mark.skipif(not DAYS.is_dir(), reason="the UCI Online Retail files are not here")


def counted(paths: list[Path]) -> dict[str, object]:
    """The same figures by the csv module and Decimal, without any of the loader's code."""
    lines = copies = guests = 0
    invoices: dict[str, Decimal] = {}
    customers = set()
    for path in paths:
        seen = set()
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                lines += 1
                key = tuple(row.values())
                if key in seen:
                    copies += 1
                    continue
                seen.add(key)
                amount = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
                invoices[row["InvoiceNo"]] = invoices.get(row["InvoiceNo"], Decimal(0)) + amount
                guests += not row["CustomerID"]
                if row["CustomerID"]:
                    customers.add(row["CustomerID"].removesuffix(".0"))
    sold = sum(value for number, value in invoices.items() if not number.startswith("A"))
    return {
        "lines": lines, "copies": copies, "guests": guests, "invoices": len(invoices),
        "customers": customers, "revenue": sold,
        "refunds": sum(1 for number in invoices if number.startswith("C")),
    }  # fmt: skip


def test_five_days_add_up(world: World) -> None:
    for name in SAMPLE:
        world.land(name, (DAYS / name).read_bytes())
    (feed,) = load_feeds(PROJECT / "tenants" / "uci_online_retail" / "feeds")
    loads = pull(feed, landing=world.landing, data=world.data, as_of=date(2011, 12, 9))
    expected = counted([DAYS / name for name in SAMPLE])
    for entity in ("order_items", "orders", "users"):
        own = [load for load in loads if load.entity == entity]
        assert len(own) == len(SAMPLE)
        assert sum(load.physical for load in own) == expected["lines"]
        assert sum(load.duplicate for load in own) == expected["copies"]
        assert sum(load.accepted for load in own) == expected["lines"] - expected["copies"]  # type: ignore[operator]
    assert sum(load.skipped for load in loads if load.entity == "users") == expected["guests"]
    (orders,) = world.query(
        "orders",
        "count(*), sum(amount - coalesce(refunded_amount, 0)) filter (where status <> 'cancelled'), "
        "count(*) filter (where status = 'refunded')",
        order="1",
    )
    assert orders == (expected["invoices"], expected["revenue"], expected["refunds"])
    assert {row[0] for row in world.query("users", "user_id")} == expected["customers"]

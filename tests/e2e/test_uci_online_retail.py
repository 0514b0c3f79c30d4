"""The real shop: every line accounted for, money and people against a plain reading of the files."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration import publishing, served, warehouse
from tests.e2e.test_increments import differing

ROOT = Path(__file__).resolve().parents[2]
LANDING = ROOT.parent / "shared" / "data" / "uci_online_retail" / "by-day"
PHYSICAL_LINES = 541_909

pytestmark = pytest.mark.skipif(not LANDING.is_dir(), reason=f"needs {LANDING.relative_to(ROOT.parent)}")


@dataclass
class Plain:
    """What the files say, read with nothing but the csv module."""

    physical: int = 0
    duplicates: int = 0
    revenue: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    customers: set[str] = field(default_factory=set)
    invoices: set[str] = field(default_factory=set)
    buyers: set[str] = field(default_factory=set)
    # Invoice, customer, product, pieces, amount and description of every line sold or given back.
    lines: list[tuple[str, str, str, int, Decimal, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def plain() -> Plain:
    found = Plain()
    for path in sorted(LANDING.glob("*.csv")):
        seen = set()
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.physical += 1
                line = tuple(row.values())
                if line in seen:
                    found.duplicates += 1
                    continue
                seen.add(line)
                _count(found, row)
    return found


def _count(found: Plain, row: dict[str, str]) -> None:
    customer = row["CustomerID"].removesuffix(".0")
    if customer:
        found.customers.add(customer)
    found.invoices.add(row["InvoiceNo"])
    amount = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
    if row["InvoiceNo"].startswith("A"):
        return
    product, pieces = row["StockCode"].strip(), int(row["Quantity"])
    found.lines.append((row["InvoiceNo"], customer, product, pieces, amount, row["Description"]))
    found.revenue += amount
    if row["InvoiceNo"].startswith("C"):
        found.refunded -= amount
    elif customer and amount > 0:
        found.buyers.add(customer)


def _run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | {"USEROPS_PSEUDONYM_KEY": "a key for tests only"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All 305 files in one night."""
    data = tmp_path_factory.mktemp("uci_whole")
    _run("orchestration.nightly", "--tenant", "uci_online_retail", "--data", str(data))
    return data


@pytest.fixture
def published(whole: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.open_file(served.current(whole), read_only=True) as connection:
        yield connection


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return tuple(row)


def test_every_physical_line_is_accounted_for(published: duckdb.DuckDBPyConnection, plain: Plain) -> None:
    assert plain.physical == PHYSICAL_LINES
    physical, accepted, quarantined, duplicate, files = _one(
        published,
        """
        select sum(physical), sum(accepted), sum(quarantined), sum(duplicate), count(distinct sha256)
        from marts.rpt_loads where entity = 'order_items'
        """,
    )
    assert files == len(list(LANDING.glob("*.csv")))
    assert physical == PHYSICAL_LINES
    assert duplicate == plain.duplicates == 5268
    assert quarantined == 0
    assert accepted == PHYSICAL_LINES - plain.duplicates


def test_revenue_is_that_of_the_files(published: duckdb.DuckDBPyConnection, plain: Plain) -> None:
    (revenue, refunded) = _one(published, "select sum(revenue), sum(refunded_amount) from marts.fct_orders")
    assert revenue == plain.revenue
    assert refunded == plain.refunded
    (per_day,) = _one(published, "select sum(revenue) from marts.rpt_engagement")
    assert per_day == plain.revenue


def test_people_and_invoices_are_those_of_the_files(
    published: duckdb.DuckDBPyConnection, plain: Plain
) -> None:
    assert _one(published, "select count(*) from marts.dim_users") == (len(plain.customers),)
    assert len(plain.customers) == 4372
    assert _one(published, "select count(*) from marts.fct_orders") == (len(plain.invoices),)
    assert len(plain.invoices) == 25_900


def test_products_are_sold_to_whom_the_lines_say(published: duckdb.DuckDBPyConnection, plain: Plain) -> None:
    totals: Counter[str] = Counter()
    for invoice, _, _, _, amount, _ in plain.lines:
        totals[invoice] += amount
    sold: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    # Two lines that differ in nothing but the minute of their invoice are one line of it.
    for invoice, customer, product, pieces, _, _ in set(plain.lines):
        if not invoice.startswith("C") and totals[invoice] > 0 and pieces > 0:
            sold[product].append((invoice, customer, pieces))
    expected = {}
    for product, lines in sold.items():
        purchases = Counter(customer for _, customer in {line[:2] for line in lines} if customer)
        again = sum(times > 1 for times in purchases.values())
        orders = len({invoice for invoice, _, _ in lines})
        expected[product] = (len(purchases), again, orders, sum(pieces for _, _, pieces in lines))
    found = published.execute(
        "select product_id, buyers, repeat_buyers, orders, units from marts.rpt_products where orders > 0"
    ).fetchall()
    assert {product: tuple(counts) for product, *counts in found} == expected
    assert len(expected) > 3000


def test_the_readme_tells_the_numbers_that_come_out(published: duckdb.DuckDBPyConnection) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = "select {} from marts.{}"
    for query, words in (
        (said.format("count(*) filter (user_key is null)", "fct_orders"), "of which {:,} of nobody known"),
        (said.format("count(*)", "fct_user_value"), "of whom {:,} bought something"),
        (said.format("sum(revenue)", "fct_orders"), "{:,.2f} GBP"),
        (said.format("sum(refunded_amount)", "fct_orders"), "{:,.2f} GBP"),
    ):
        assert words.format(*_one(published, query)) in readme
    states = published.execute("select lifecycle_state, count(*) from marts.dim_users group by 1").fetchall()
    for state, people in states:
        assert f"{state.replace('registered', 'registered only')} {people:,}" in readme


def test_the_last_five_nights_one_by_one_end_in_the_same_tables(
    whole: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("uci_nights")
    last_five = sorted(path.stem for path in LANDING.glob("*.csv"))[-5:]
    _run(
        "orchestration.replay",
        *("--tenant", "uci_online_retail", "--data", str(data), "--from", last_five[0]),
    )
    assert [str(g.as_of) for g in publishing.generations(data)] == last_five
    assert differing(served.current(whole), served.current(data)) == {}


def test_the_first_day_of_a_company_is_a_night_like_any_other(tmp_path: Path) -> None:
    """Nothing lies before the week's anchor yet: models say so, and nobody is left without a list."""
    first = min(LANDING.glob("*.csv"))
    with first.open(encoding="utf-8", newline="") as file:
        customers = {row["CustomerID"] for row in csv.DictReader(file)} - {""}
    only = ("--from", first.stem, "--to", first.stem)
    _run("orchestration.replay", "--tenant", "uci_online_retail", "--data", str(tmp_path), *only)
    with warehouse.open_file(served.current(tmp_path), read_only=True) as connection:
        assert _one(connection, "select count(*) from marts.dim_users") == (len(customers),)
        served_people = "select count(distinct user_key) from marts.fct_recommendations"
        assert _one(connection, served_people) == (len(customers),)

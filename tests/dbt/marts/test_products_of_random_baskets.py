"""Random orders and their lines through dbt, and the same baskets counted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

MIN_ORDERS, MAX_PRODUCTS, MAX_ORDERS = 2, 3, 3
NOON = datetime(2026, 6, 1, 4)
MODELS = ("int_value__products", "fct_orders", "fct_order_items", "rpt_products", "rpt_product_pairs")
# Some are on order lines alone, some in the catalogue alone.
CATALOGUE = "cdf"


@dataclass(frozen=True)
class Line:
    product: str
    quantity: int
    amount: int


@dataclass(frozen=True)
class Order:
    person: str | None
    day: int
    gross: int
    refund: int
    is_cancelled: bool
    lines: list[Line]

    @property
    def is_purchase(self) -> bool:
        return self.gross > 0 and not self.is_cancelled

    @property
    def sold(self) -> set[str]:
        """The basket: the distinct products of a purchase."""
        return {line.product for line in self.lines if line.quantity > 0} if self.is_purchase else set()

    def share(self, line: Line) -> Fraction:
        """A line's part of the order's money."""
        total = sum(one.amount for one in self.lines)
        return Fraction(line.amount, total) if total else Fraction(1, len(self.lines))


lines = st.builds(
    Line, st.sampled_from("abcde"), st.sampled_from([1, 1, 2, -1]), st.sampled_from([10, 20, 5, 0])
)
orders = st.builds(
    Order,
    st.sampled_from(["ann", "ann", "bo", None]),
    st.integers(0, 4),
    st.sampled_from([30, 30, 12, 0, -6]),
    st.sampled_from([0, 0, 6]),
    st.sampled_from([False, False, True]),
    st.lists(lines, max_size=5),
)


@pytest.fixture(scope="module")
def sold(house: House) -> Iterator[Tables]:
    limits = {
        "baskets_min_orders": MIN_ORDERS,
        "baskets_max_products": MAX_PRODUCTS,
        "baskets_max_orders_per_person": MAX_ORDERS,
    }
    with compiled(house, *MODELS, **limits) as tables:
        yield tables


def tables(drawn: list[Order]) -> dict[str, pd.DataFrame]:
    """The orders as intermediate tables; those of one day are at one moment."""
    heads = [
        {
            "order_id": f"o{n:02}",
            "user_key": order.person,
            "ordered_at": NOON + timedelta(days=order.day),
            "order_day": (NOON + timedelta(days=order.day)).date(),
            "status": "cancelled" if order.is_cancelled else "paid",
            "gross_amount": order.gross,
            "refunded_amount": order.refund,
            "revenue": 0 if order.is_cancelled else order.gross - order.refund,
            "is_purchase": order.is_purchase,
        }
        for n, order in enumerate(drawn)
    ]
    parts = [
        {
            "order_id": f"o{n:02}",
            "line_number": number,
            "user_key": order.person,
            "product_id": line.product,
            "quantity": line.quantity,
            "amount": line.amount,
        }
        for n, order in enumerate(drawn)
        for number, line in enumerate(order.lines)
    ]
    return {
        "staging.stg_products": pd.DataFrame({"product_id": list(CATALOGUE)}),
        "intermediate.int_value__orders": pd.DataFrame(heads),
        "intermediate.int_value__order_items": pd.DataFrame(parts),
    }


def products(drawn: list[Order]) -> dict[str, dict[str, object]]:
    """What is said of every product of the catalogue or on any line."""
    found = {}
    for product in {line.product for order in drawn for line in order.lines} | set(CATALOGUE):
        sales = [order for order in drawn if product in order.sold]
        buyers = {order.person for order in sales if order.person}
        again = {person for person in buyers if sum(order.person == person for order in sales) >= 2}
        own = [(order, line) for order in drawn for line in order.lines if line.product == product]
        kept = [(order, line) for order, line in own if not order.is_cancelled]
        paid = [(order, line) for order, line in own if order.is_purchase and line.quantity > 0]
        gross = sum(order.gross * order.share(line) for order, line in paid)
        refunded = sum(order.refund * order.share(line) for order, line in kept)
        days = [NOON.date() + timedelta(days=order.day) for order in sales]
        found[product] = {
            "buyers": len(buyers),
            "repeat_buyers": len(again),
            "orders": len(sales),
            "units": sum(line.quantity for _, line in paid),
            "units_returned": sum(-line.quantity for _, line in kept if line.quantity < 0),
            "gross_amount": gross,
            "refunded_amount": refunded,
            "revenue": sum((order.gross - order.refund) * order.share(line) for order, line in kept),
            "repurchase_rate": Fraction(len(again), len(buyers)) if buyers else None,
            "first_sold_day": min(days, default=None),
            "last_sold_day": max(days, default=None),
        }
    return found


def pairs(drawn: list[Order]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Together, with the first, with the second, and all baskets that count."""
    numbered = [(order.day, n, order) for n, order in enumerate(drawn) if order.sold]
    counted = []
    for _, n, order in numbered:
        later = [
            1 for day, m, other in numbered if other.person == order.person and (day, m) > (order.day, n)
        ]
        is_old = order.person is not None and len(later) >= MAX_ORDERS
        if len(order.sold) <= MAX_PRODUCTS and not is_old:
            counted.append(order.sold)
    found = {}
    for a, b in combinations("abcde", 2):
        together = sum({a, b} <= basket for basket in counted)
        if together >= MIN_ORDERS:
            with_a, with_b = (sum(product in basket for basket in counted) for product in (a, b))
            found[a, b] = (together, with_a, with_b, len(counted))
    return found


@settings(max_examples=80, deadline=None)
@given(drawn=st.lists(orders, min_size=1, max_size=14))
def test_products_and_pairs_are_those_of_the_baskets(sold: Tables, drawn: list[Order]) -> None:
    sold.run(tables(drawn))
    table = sold.table("marts.rpt_products").set_index("product_id")
    wanted = products(drawn)
    assert set(table.index) == set(wanted)
    for product, row in wanted.items():
        for column, value in row.items():
            seen = table.loc[product, column]
            if value is None:
                assert pd.isna(seen), (product, column)
            elif isinstance(value, date):
                assert seen.date() == value, (product, column)
            else:
                # Each line's share of its order's money is rounded to a hundredth of a cent.
                assert float(seen) == pytest.approx(float(value), abs=1e-4 * 14 * 5), (product, column)
    found = {
        (row["product_a"], row["product_b"]): row
        for row in sold.table("marts.rpt_product_pairs").to_dict("records")
    }
    expected = pairs(drawn)
    assert found.keys() == expected.keys()
    for pair, (together, with_a, with_b, baskets) in expected.items():
        row = found[pair]
        counts = tuple(row[name] for name in ("orders_together", "orders_a", "orders_b", "baskets"))
        assert counts == (together, with_a, with_b, baskets), pair
        assert float(row["support"]) == pytest.approx(together / baskets, abs=1e-8)
        assert float(row["confidence_a_to_b"]) == pytest.approx(together / with_a, abs=1e-8)
        assert float(row["confidence_b_to_a"]) == pytest.approx(together / with_b, abs=1e-8)
        assert float(row["lift"]) == pytest.approx(together * baskets / (with_a * with_b), abs=1e-8)

"""One row per order line, in the base currency."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "order_id",
    "line_number",
    "user_key",
    "ordered_at",
    "product_id",
    "product_name",
    "category",
    "quantity",
    "unit_price",
    "discount_amount",
    "amount",
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_value__order_items."""
    return [
        rules.filled(
            "select 1 from staging.stg_order_items as items"
            " inner join intermediate.int_value__orders as orders on items.order_id = orders.order_id",
            "staged lines of known orders",
        ),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(optional=True),
        *rules.happened(night, "ordered_at"),
        # Critical: a missing rate leaves no amount, and a sum would call it zero.
        rules.never("amount is there", "amount is null and quantity is not null and unit_price is not null"),
    ]

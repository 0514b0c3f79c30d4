"""One row per order, in the base currency."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "order_id",
    "user_key",
    "ordered_at",
    "order_day",
    "status",
    "gross_amount",
    "discount_amount",
    "tax_amount",
    "shipping_amount",
    "refunded_amount",
    "revenue",
    "refunded_at",
    "currency",
    "exchange_rate",
    "channel",
    "coupon_code",
    "payment_method",
    "line_count",
    "is_purchase",
    "feed",
]
CHANGED = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from staging.stg_orders)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_value__orders."""
    return [
        rules.filled("select 1 from staging.stg_orders", "staged orders"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(optional=True),
        *rules.not_null("ordered_at", "order_day", "is_purchase"),
        *rules.happened(night, "ordered_at", "refunded_at"),
        # Critical: a missing rate leaves no amount, and a sum would call it zero.
        *rules.not_null("exchange_rate"),
        rules.never("exchange_rate above zero", "exchange_rate <= 0"),
        # Warning: an order may come before its items, and has no amount until they are there.
        *rules.not_null("gross_amount", severity="warning"),
        rules.never("a purchase has its revenue", "is_purchase and revenue is null"),
        # Critical: converting neither loses nor multiplies orders.
        rules.no_rows("as many orders as staging has", CHANGED),
    ]

"""One row per order line."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
from (
    select
        order_id,
        sum(gross_amount) as gross_amount,
        sum(refunded_amount) as refunded_amount,
        sum(revenue) as revenue
    from {batch}
    group by order_id
) as lines
inner join marts.fct_orders as orders on lines.order_id = orders.order_id
where
    lines.gross_amount is distinct from orders.gross_amount
    or lines.refunded_amount is distinct from orders.refunded_amount
    or lines.revenue is distinct from orders.revenue
"""
# Unit prices are rounded to the ten-thousandth before they are multiplied.
ODD_AMOUNT = (
    "abs(quantity * unit_price - coalesce(discount_amount, 0) - amount) > 0.001 * (1 + abs(quantity))"
)


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_order_items."""
    return [
        rules.filled("select 1 from marts.fct_orders where line_count > 0", "orders with lines"),
        rules.columns(PUBLIC["fct_order_items"].columns, exact=False),
        rules.pseudonymous(optional=True),
        rules.as_of(night),
        *rules.happened(night, "ordered_at"),
        # Critical: an order's money is shared out over its lines, to the last ten-thousandth.
        rules.no_rows("the lines' money adds up to the order's", ADDS_UP),
        # Critical: a line is worth what it says, or a price or a rate was changed on the way.
        rules.never("amount is quantity times price less discount", ODD_AMOUNT),
    ]

"""One row per order line."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
from (select order_id, sum(revenue) as revenue from {batch} group by order_id) as lines
inner join marts.fct_orders as orders on lines.order_id = orders.order_id
where lines.revenue is distinct from orders.revenue
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_order_items."""
    return [
        rules.filled("select 1 from marts.fct_orders where line_count > 0", "orders with lines"),
        rules.columns(PUBLIC["fct_order_items"].columns, exact=False),
        rules.pseudonymous(optional=True),
        rules.as_of(night),
        *rules.happened(night, "ordered_at"),
        # Critical: an order's money is shared out over its lines, to the last ten-thousandth.
        rules.no_rows("the lines' revenue adds up to the order's", ADDS_UP),
    ]

"""One row per product of the catalogue or on any order line."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
where
    (select coalesce(sum(revenue), 0) from {batch})
    <> (select coalesce(sum(revenue), 0) from marts.fct_order_items)
    or exists (
        select 1 from marts.fct_order_items where product_id not in (select product_id from {batch})
    )
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_products."""
    return [
        rules.filled("select 1 from marts.fct_order_items", "order lines"),
        rules.columns(PUBLIC["rpt_products"].columns, exact=False),
        rules.as_of(night),
        rules.between("repurchase_rate", 0, 1),
        *(rules.between(column, 0, None) for column in ("buyers", "orders", "units", "units_returned")),
        rules.never("a buyer bought in a purchase", "buyers > orders or repeat_buyers > buyers"),
        rules.never("sold on a day or never", "(orders > 0) <> (first_sold_day is not null)"),
        # Critical: what the products earn is what the lines earn, and every product is there.
        rules.no_rows("the products add up to the order lines", ADDS_UP),
    ]

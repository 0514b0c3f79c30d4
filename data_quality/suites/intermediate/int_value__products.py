"""One row per product of the catalogue or of an order line."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

MISSED = """
select product_id from staging.stg_products
where product_id not in (select product_id from {batch})
union all
select product_id from intermediate.int_value__order_items
where product_id not in (select product_id from {batch})
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_value__products."""
    return [
        rules.filled(
            "select 1 from staging.stg_products union all select 1 from intermediate.int_value__order_items",
            "products or order lines",
        ),
        rules.columns(["product_id", "name", "category"]),
        rules.no_rows("every product of the catalogue and of the order lines is there", MISSED),
    ]

"""One row per person, item and day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

BOUGHT = """
select 1
from intermediate.int_value__order_items as items
inner join intermediate.int_value__orders as orders on items.order_id = orders.order_id
where orders.is_purchase and orders.user_key is not null and items.quantity > 0
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_item_days."""
    return [
        rules.filled(BOUGHT, "order lines of people"),
        rules.columns(["user_key", "item_id", "day", "actions", "as_of"]),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.between("actions", 1, None),
        # Critical: what has not happened yet would be learned as if it had been foreseen.
        rules.never("nothing of after the as-of day", f"day > {night.as_of_sql}"),
    ]

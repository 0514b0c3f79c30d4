"""One row per two products bought together often enough."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

STRANGERS = """
select 1 as offending
from {batch} as pairs
left join marts.rpt_products as a on pairs.product_a = a.product_id
left join marts.rpt_products as b on pairs.product_b = b.product_id
where coalesce(pairs.orders_a > a.orders or pairs.orders_b > b.orders, true)
"""

# Of the best sellers only, which costs nothing, in baskets that count whatever their contents.
TOGETHER = """
with best as (
    select product_id from marts.rpt_products order by orders desc, product_id limit 20
),

baskets as (
    select items.order_id, items.product_id
    from marts.fct_order_items as items
    inner join best on items.product_id = best.product_id
    inner join marts.fct_orders as orders on items.order_id = orders.order_id
    left join marts.fct_user_value as buyers on orders.user_key = buyers.user_key
    where
        items.quantity > 0
        and orders.is_purchase
        and orders.line_count <= {max_products}
        and coalesce(buyers.purchase_count, 0) <= {max_orders}
    group by items.order_id, items.product_id
)

select 1
from baskets as earlier
inner join baskets as later
    on earlier.order_id = later.order_id and earlier.product_id < later.product_id
group by earlier.product_id, later.product_id
having count(*) >= {min_orders}
"""


def evidence(night: Night) -> str:
    """A query that finds something when there must be pairs."""
    return TOGETHER.format(
        max_products=night.number("baskets.max_products", 100),
        max_orders=night.number("baskets.max_orders_per_person", 1000),
        min_orders=night.number("baskets.min_orders", 10),
    )


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_product_pairs."""
    return [
        # A young shop has no two products that were bought together often enough.
        rules.filled(evidence(night), "best sellers bought together"),
        rules.columns(PUBLIC["rpt_product_pairs"].columns, exact=False),
        rules.as_of(night),
        rules.between("orders_together", night.number("baskets.min_orders", 10), None),
        *(rules.between(rate, 0, 1) for rate in ("support", "confidence_a_to_b", "confidence_b_to_a")),
        rules.never("a pair is named once", "product_a >= product_b"),
        rules.never(
            "together at most as often as each and all",
            "orders_together > least(orders_a, orders_b) or greatest(orders_a, orders_b) > baskets",
        ),
        # Critical: a pair of products that were never sold so often was counted twice on the way.
        rules.no_rows("no product is in more baskets than purchases", STRANGERS),
    ]

"""One row per coupon used."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

MONEY = """
select 1 as offending
from (
    select coalesce(sum(orders), 0) as orders, coalesce(sum(revenue), 0) as revenue from {batch}
) as coupons
cross join (
    select count(*) as orders, coalesce(sum(revenue), 0) as revenue
    from marts.fct_orders where is_purchase
) as purchases
where coupons.orders <> purchases.orders or coupons.revenue <> purchases.revenue
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_coupons."""
    return [
        rules.filled("select 1 from marts.fct_orders where is_purchase", "purchases"),
        rules.columns(PUBLIC["rpt_coupons"].columns, exact=False),
        rules.as_of(night),
        rules.between("discount_rate", 0, 1),
        rules.never("no more buyers or first orders than orders", "greatest(buyers, first_orders) > orders"),
        # Critical: every purchase is under one coupon or none.
        rules.no_rows("the coupons add up to the purchases", MONEY),
    ]

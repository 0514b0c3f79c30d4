"""One row per granularity and period: what people were worth in it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
from (
    select granularity, sum(revenue) as revenue, sum(orders) as orders, sum(new_buyers) as new_buyers
    from {batch}
    group by granularity
) as totals
where
    revenue <> (select coalesce(sum(revenue), 0) from marts.fct_orders)
    or orders <> (select count(*) from marts.fct_orders where is_purchase)
    or new_buyers <> (select count(*) from marts.fct_user_value)
"""
OTHER_ACTIVE = """
select 1 as offending
from {batch} as periods
inner join marts.rpt_growth_accounting as growth
    on periods.granularity = growth.granularity and periods.period_start = growth.period_start
where periods.active <> growth.active
"""
ODD_RATES = (
    "abs(arpu * active - revenue) > 0.0001 * active or abs(aov * orders - revenue) > 0.0001 * orders"
    " or abs(repurchase_rate * buyers - repeat_buyers) > 0.00000001 * buyers"
)


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_value."""
    return [
        rules.filled("select 1 from marts.fct_orders", "orders"),
        rules.columns(PUBLIC["rpt_value"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("granularity", ["day", "week", "month"]),
        rules.between("repurchase_rate", 0, 1),
        # Critical: the period's people and money are parts of the whole, none lost or counted twice.
        rules.no_rows("every granularity adds up to the orders and the buyers", ADDS_UP),
        rules.no_rows("as many active people as growth accounting has", OTHER_ACTIVE),
        rules.never("repeat and new buyers are buyers", "greatest(repeat_buyers, new_buyers) > buyers"),
        rules.never("the rates are what they divide", ODD_RATES),
        # Warning: more back than paid is a source's bookkeeping, not a broken build.
        rules.between("refund_rate", 0, 1, "warning"),
    ]

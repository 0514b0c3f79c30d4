"""One row per person who has bought."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

REVENUE_ADDS_UP = """
select 1 as offending
where (select coalesce(sum(revenue), 0) from {batch}) <> (
    select coalesce(sum(revenue), 0) from marts.fct_orders
    where user_key in (select user_key from {batch})
)
"""
OTHER_DAYS = """
select 1 as offending
from {batch} as buyers
inner join (
    select
        user_key,
        min(order_day) as first_day,
        max(order_day) as last_day,
        count(distinct order_day) - 1 as repeat_days,
        coalesce(sum(case when order_day > first_day then revenue end), 0) as repeat_revenue
    from (
        select *, min(order_day) over (partition by user_key) as first_day
        from marts.fct_orders
        where is_purchase and user_key is not null
    )
    group by user_key
) as purchases on buyers.user_key = purchases.user_key
where
    buyers.days_since_last_purchase <> buyers.as_of - purchases.last_day
    or buyers.clv_age <> buyers.as_of - purchases.first_day
    or buyers.clv_recency <> purchases.last_day - purchases.first_day
    or buyers.clv_frequency <> purchases.repeat_days
    or abs(buyers.clv_monetary_value * purchases.repeat_days - purchases.repeat_revenue)
    > 0.001 * purchases.repeat_days
"""
YEAR_ADDS_UP = """
select 1 as offending
where (select coalesce(sum(revenue_365), 0) from {batch}) <> (
    select coalesce(sum(revenue), 0) from marts.fct_orders
    where user_key in (select user_key from {batch}) and order_day > as_of - 365
)
"""
COUNT_ADDS_UP = """
select 1 as offending
where (select coalesce(sum(purchase_count), 0) from {batch}) <> (
    select count(*) from marts.fct_orders where is_purchase and user_key is not null
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_value."""
    return [
        rules.filled(
            "select 1 from marts.fct_orders where is_purchase and user_key is not null", "purchases"
        ),
        rules.columns(PUBLIC["fct_user_value"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.between("days_since_last_purchase", 0, None),
        rules.between("purchase_count", 1, None),
        *(rules.between(score, 1, 5) for score in ("r_score", "f_score", "m_score")),
        rules.between("clv_frequency", 0, None),
        # Critical: first to last purchase fits into first purchase to the as-of day.
        rules.never("recency within age", "clv_recency < 0 or clv_recency > clv_age"),
        # Critical: every purchase belongs to one buyer, none is lost or counted twice.
        rules.no_rows("the buyers' revenue adds up to their orders", REVENUE_ADDS_UP),
        rules.no_rows("the buyers' purchases add up", COUNT_ADDS_UP),
        # Critical: lifetime values and the churn rule stand on these days.
        rules.no_rows("the CLV inputs follow from the purchases", OTHER_DAYS),
        rules.no_rows("the buyers' year adds up to their orders", YEAR_ADDS_UP),
    ]

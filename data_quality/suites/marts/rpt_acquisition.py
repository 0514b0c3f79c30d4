"""One row per month, acquisition channel and campaign."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

PEOPLE = """
select 1 as offending
from (
    select
        coalesce(sum(registrations), 0) as registrations,
        coalesce(sum(activated), 0) as activated,
        coalesce(sum(converted), 0) as converted
    from {batch}
) as cohorts
cross join (
    select
        count(*) as registrations,
        count(*) filter (where is_activated) as activated,
        count(*) filter (where is_converted) as converted
    from marts.dim_users
    where registered_at is not null
) as people
where
    cohorts.registrations <> people.registrations
    or cohorts.activated <> people.activated
    or cohorts.converted <> people.converted
"""
MONEY = """
select 1 as offending
from (
    select
        coalesce(sum(revenue), 0) as revenue,
        coalesce(sum(first_order_revenue), 0) as first_order_revenue
    from {batch}
) as cohorts
cross join (
    select
        coalesce(sum(revenue), 0) as revenue,
        coalesce(sum(revenue) filter (where is_first_order), 0) as first_order_revenue
    from marts.fct_orders
    where user_key in (select user_key from marts.dim_users where registered_at is not null)
) as orders
where
    cohorts.revenue <> orders.revenue
    or cohorts.first_order_revenue <> orders.first_order_revenue
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_acquisition."""
    return [
        rules.filled("select 1 from marts.dim_users where registered_at is not null", "registered people"),
        rules.columns(PUBLIC["rpt_acquisition"].columns, exact=False),
        rules.as_of(night),
        *(rules.between(column, 0, None) for column in ("registrations", "spend", "payback_days")),
        *(rules.between(column, 0, 1) for column in ("retention_30", "retention_90")),
        rules.never(
            "no more activated or converted than came", "greatest(activated, converted) > registrations"
        ),
        rules.never(
            "paid back by what was earned", "payback_days is not null and (spend = 0 or registrations = 0)"
        ),
        # Critical: everybody who registered is in one cohort, with all their money.
        rules.no_rows("the cohorts add up to the registered people", PEOPLE),
        rules.no_rows("the cohorts' money adds up to their orders", MONEY),
    ]

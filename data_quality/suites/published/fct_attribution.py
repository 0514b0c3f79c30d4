"""The public table fct_attribution, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_attribution"
EVIDENCE = """
select 1
from marts.fct_orders as orders
inner join marts.fct_sessions as sessions
    on orders.user_key = sessions.user_key
    and sessions.started_at <= orders.ordered_at
    and sessions.started_at >= orders.ordered_at - interval 1 day
where orders.is_purchase
"""
UNKNOWN = """
select 1 as offending
from {batch} as credited
left join marts.fct_orders as orders on credited.conversion_id = orders.order_id
where orders.order_id is null or not orders.is_purchase
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_attribution in the candidate file."""
    return [
        *published_table("fct_attribution", night, evidence=(EVIDENCE, "sessions on the day of a purchase")),
        # Critical: both tables must be of the same night.
        rules.no_rows("every conversion is a purchase of fct_orders", UNKNOWN),
    ]

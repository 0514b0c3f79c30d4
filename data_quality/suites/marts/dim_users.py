"""One row per person."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

STATES = ("registered", "new", "active", "resurrected", "dormant", "churned")
CONVERTED = """
select 1 as offending
from {batch} as users
left join (
    select distinct user_key from marts.fct_orders where is_purchase
) as buyers on users.user_key = buyers.user_key
where users.is_converted <> (buyers.user_key is not null)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.dim_users."""
    return [
        # Critical: a night that knows nobody must not replace one that did.
        rules.rows(at_least=1),
        rules.columns(PUBLIC["dim_users"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        # Critical: states partition the people, so a person without one breaks every flow.
        rules.never(
            "everyone known has a state",
            "lifecycle_state is null and coalesce(registered_at, first_seen_at) is not null",
        ),
        rules.in_set("lifecycle_state", STATES),
        *rules.happened(night, "registered_at", "first_seen_at", "last_active_at"),
        # Critical: nobody acts before being seen; the other way round the graph lost a link.
        rules.never("active not before first seen", "last_active_at < first_seen_at"),
        # Critical: the flag must mean what the orders say.
        rules.no_rows("converted people have a purchase", CONVERTED),
        # Critical: names and addresses end left of the marts.
        rules.no_addresses("country", "region", "city", "occupation", "membership_level"),
        # Warning: a source may send genders the corrections do not know yet.
        rules.in_set("gender", ["female", "male", "other", "unknown"], "warning"),
    ]

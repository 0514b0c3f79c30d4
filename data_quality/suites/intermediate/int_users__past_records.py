"""One row per snapshot day and record of a person who was another then."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

ACTED = """
select 1
from intermediate.int_users__past_identifiers as past
inner join staging.stg_orders as orders on past.id = orders.user_id and past.id_type = 'user_id'
where orders.ordered_at < cast(past.as_of as timestamp) - interval 1 day
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__past_records."""
    return [
        rules.filled(ACTED, "orders of people who were others then"),
        rules.columns(["as_of", "entity", "record_id", "user_key"]),
        rules.pseudonymous(),
        rules.in_set("entity", ["events", "orders", "touches", "feedback"]),
        # Critical: a record counted twice would make a past day busier than it was.
        rules.unique("as_of", "entity", "record_id"),
    ]

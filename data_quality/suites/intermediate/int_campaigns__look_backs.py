"""One row per conversion that arrivals led to, with the first and the last of them."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "conversion_id",
    "conversion_number",
    "user_key",
    "user_number",
    "converted_at",
    "revenue",
    "last_at",
    "first_number",
    "last_number",
    "last_non_direct_number",
    "touchpoint_count",
]
EVIDENCE = """
select 1
from intermediate.int_value__orders as orders
inner join intermediate.int_behaviour__sessions as sessions
    on orders.user_key = sessions.user_key
    and sessions.started_at <= orders.ordered_at
    and sessions.started_at >= orders.ordered_at - interval 1 day
where orders.is_purchase
limit 1
"""
UNCOUNTED = "touchpoint_count <> last_number - first_number + 1"
OUTSIDE = "last_non_direct_number not between first_number and last_number"


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__look_backs."""
    return [
        rules.filled(EVIDENCE, "sessions on the day of a purchase"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        rules.between("touchpoint_count", 1, night.number("attribution.max_touchpoints", 100)),
        rules.never("the touchpoints are the arrivals between", UNCOUNTED),
        rules.never("the last that is not direct is one of them", OUTSIDE),
        # Critical: what came after a conversion has not led to it.
        rules.never("no touchpoint after its conversion", "last_at > converted_at"),
    ]

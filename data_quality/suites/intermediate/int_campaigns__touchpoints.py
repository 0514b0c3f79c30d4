"""One row per conversion and touchpoint in its look-back."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "conversion_id",
    "conversion_number",
    "user_key",
    "converted_at",
    "revenue",
    "touchpoint_id",
    "kind",
    "occurred_at",
    "seconds_before",
    "seconds_before_last",
    "source",
    "medium",
    "campaign_id",
    "channel",
    "is_direct",
    "is_last_non_direct",
    "position",
    "position_from_last",
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
LACKING = """
select 1 as offending
from {batch}
group by conversion_id
having
    count(*) <> max(touchpoint_count)
    or max(position) <> count(*)
    or count(distinct position) <> count(*)
    or min(position_from_last) <> 1
    or count(*) filter (where is_last_non_direct) <> 1
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__touchpoints."""
    seconds = night.number("attribution.lookback_days", 30) * 86_400
    return [
        rules.filled(EVIDENCE, "sessions on the day of a purchase"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        rules.in_set("kind", ["session", "click"]),
        # Critical: what came after a conversion, or long before, has not led to it.
        rules.between("seconds_before", 0, seconds),
        rules.between("touchpoint_count", 1, night.number("attribution.max_touchpoints", 100)),
        # Critical: credits are shared out by position, and must share out the whole.
        rules.no_rows("the touchpoints of a conversion are all there, in order", LACKING),
    ]

"""One row per conversion and touchpoint, with its credit by each model."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

WEIGHED = ("time_decay", "markov")
COLUMNS = [
    "conversion_id",
    "touchpoint_id",
    "way_number",
    "user_key",
    "position",
    "touchpoint_count",
    "is_last_non_direct",
    "conversion_revenue",
    *(f"{model}_{what}" for model in WEIGHED for what in ("credit", "revenue")),
]
LOST = """
select 1 as offending
where
    (select count(*) from {batch})
    <> (select coalesce(sum(touchpoint_count), 0) from intermediate.int_campaigns__look_backs)
"""
LACKING = """
select 1 as offending
from {batch}
group by conversion_id
having
    count(*) <> max(touchpoint_count)
    or max(position) <> count(*)
    or min(position) <> 1
    or count(distinct position) <> count(*)
    or count(*) filter (where is_last_non_direct) <> 1
"""
UNTOLD = """
select 1 as offending
from {batch} as credited
left join activation.fct_attribution_way_rows as ways on credited.way_number = ways.way_number
left join predictions.fct_channel_effects as effects on ways.channel = effects.channel
where effects.removal_effect is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.fct_attribution_rows."""
    days = night.number("attribution.lookback_days", 30)
    return [
        rules.filled("select 1 from intermediate.int_campaigns__look_backs", "touchpoints"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        *(rules.between(f"{model}_credit", 0, 1) for model in WEIGHED),
        # Critical: what came after a conversion, or long before, has not led to it.
        rules.never("no touchpoint after its conversion", "occurred_at > converted_at"),
        rules.never("none before its look-back", f"occurred_at < converted_at - interval {days:.0f} day"),
        # Critical: credits are shared out by position, and must share out the whole.
        rules.no_rows("the touchpoints of a conversion are all there, in order", LACKING),
        rules.no_rows("every touchpoint is weighed once", LOST),
        # Critical: a channel of which the model knows nothing would be weighed as the least of all.
        rules.no_rows("every channel has a removal effect", UNTOLD),
    ]

"""One row per conversion and touchpoint, with its credit by each model."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

SHARED = ("linear", "position", "time_decay", "markov")
COLUMNS = [
    "conversion_id",
    "touchpoint_id",
    "user_key",
    "campaign_id",
    "channel",
    "is_first",
    "is_last",
    "is_last_non_direct",
    "conversion_revenue",
    *(f"{model}_{what}" for model in SHARED for what in ("credit", "revenue")),
]
LOST = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from intermediate.int_campaigns__touchpoints)
"""
UNTOLD = """
select 1 as offending
from {batch} as credited
left join predictions.fct_channel_effects as effects on credited.channel = effects.channel
where effects.removal_effect is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.fct_attribution_rows."""
    return [
        rules.filled("select 1 from intermediate.int_campaigns__touchpoints", "touchpoints"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        *(rules.between(f"{model}_credit", 0, 1) for model in SHARED),
        rules.never("no touchpoint after its conversion", "occurred_at > converted_at"),
        rules.no_rows("every touchpoint is weighed once", LOST),
        # Critical: a channel of which the model knows nothing would be weighed as the least of all.
        rules.no_rows("every channel has a removal effect", UNTOLD),
    ]

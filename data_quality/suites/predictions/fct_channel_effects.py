"""One row per channel people came by."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ("channel", "removal_effect", "share", "method", "model_version", "as_of")
CONVERTED = "select 1 from intermediate.int_campaigns__transitions where to_state = '(conversion)'"
MISSING = """
select 1 as offending
from (select distinct from_state as channel from intermediate.int_campaigns__transitions) as known
left join {batch} as effects on known.channel = effects.channel
where
    known.channel <> '(start)'
    and effects.channel is null
    and exists (
        select 1 from intermediate.int_campaigns__transitions where to_state = '(conversion)'
    )
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_channel_effects."""
    return [
        rules.filled(CONVERTED, "journeys that led to a purchase"),
        rules.columns(COLUMNS),
        rules.as_of(night),
        rules.unique("channel"),
        *rules.not_null("channel", "removal_effect", "share", "method"),
        rules.between("removal_effect", 0, 1),
        rules.no_rows(
            "the shares add up to 1",
            "select 1 as offending from {batch} having abs(sum(share) - 1) > 1e-9",
        ),
        # Critical: what led to a purchase must have an effect, or its credit would be another's.
        rules.no_rows("every channel people came by has an effect", MISSING),
    ]

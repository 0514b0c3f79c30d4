"""One row per way people come, as credits name it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

UNSHOWN = """
select 1 as offending
from {batch} as shown
full outer join intermediate.int_campaigns__ways as ways on shown.way_number = ways.way_number
where
    shown.way_number is null
    or ways.way_number is null
    or shown.channel is distinct from ways.channel
    or shown.campaign_id is distinct from ways.campaign_id
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.fct_attribution_way_rows."""
    return [
        rules.filled("select 1 from intermediate.int_campaigns__ways", "ways"),
        rules.columns(["way_number", "campaign_id", "channel"]),
        *rules.not_null("channel"),
        # Critical: the public view loses the credits of a way that is not here.
        rules.no_rows("every way is here as it is", UNSHOWN),
    ]

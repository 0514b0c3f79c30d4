"""One row per person and channel that touched them."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

FORGOTTEN = """
select 1 as offending
from (
    select distinct user_key, channel from marts.fct_touches
    where channel is not null and action in ('unsubscribed', 'complained')
) as gone
left join {batch} as fatigue on gone.user_key = fatigue.user_key and gone.channel = fatigue.channel
where coalesce(fatigue.unsubscribed_at, fatigue.complained_at) is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_fatigue."""
    return [
        rules.filled("select 1 from marts.fct_touches where channel is not null", "touches"),
        rules.columns(PUBLIC["fct_user_fatigue"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        *(rules.between(column, 0, None) for column in ("messages_7", "impressions_7")),
        rules.never(
            "no more in 7 days than in 30", "messages_7 > messages_30 or impressions_7 > impressions_30"
        ),
        *rules.happened(night, "last_touch_at", "unsubscribed_at", "complained_at"),
        # Critical: a person who left and is forgotten would be written to again.
        rules.no_rows("everybody who left is remembered", FORGOTTEN),
    ]

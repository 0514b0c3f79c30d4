"""One row per way a person came."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "touchpoint_id",
    "kind",
    "user_number",
    "arrival_number",
    "occurred_at",
    "source",
    "medium",
    "campaign_id",
    "channel",
    "is_direct",
]
LOST = """
select 1 as offending
where
    (select count(*) from {batch} where kind = 'session')
    <> (select count(*) from intermediate.int_behaviour__sessions)
"""
CLICKS = """
select 1 as offending
where
    (select count(*) from {batch} where kind = 'click')
    > (select count(*) from intermediate.int_campaigns__touches where action = 'clicked')
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__arrivals."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__sessions", "sessions"),
        rules.columns(COLUMNS, exact=False),
        rules.in_set("kind", ["session", "click"]),
        *rules.not_null("channel", "source", "medium"),
        *rules.happened(night, "occurred_at"),
        rules.never("direct is a channel", "is_direct <> (channel = 'Direct')"),
        # Critical: a session lost, or doubled by a join, is a wrong share of every purchase after it.
        rules.no_rows("every session is an arrival once", LOST),
        rules.no_rows("no more arrivals by click than clicks", CLICKS),
    ]

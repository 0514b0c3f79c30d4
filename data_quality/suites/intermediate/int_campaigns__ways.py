"""One row per way people come."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "way_number",
    "kind",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "referring_host",
    "source",
    "medium",
    "campaign_id",
    "channel",
    "is_direct",
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__ways."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__sessions", "sessions"),
        rules.columns(COLUMNS, exact=False),
        rules.in_set("kind", ["session", "click"]),
        *rules.not_null("channel", "source", "medium"),
        rules.never("direct is a channel", "is_direct <> (channel = 'Direct')"),
        # Critical: an arrival finds its way by this sign.
        rules.never("a click's number is negative", "(kind = 'click') <> (way_number < 0)"),
    ]

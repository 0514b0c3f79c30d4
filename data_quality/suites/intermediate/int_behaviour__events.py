"""One row per event, in its session."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "event_id",
    "user_key",
    "session_id",
    "event_number",
    "event_name",
    "occurred_at",
    "event_day",
    "is_core",
    "is_view",
    "is_conversion",
    "channel",
    "platform",
    "device_type",
    "os",
    "app_version",
    "country",
    "region",
    "page",
    "page_title",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "item_id",
    "item_category",
    "search_term",
    "value",
    "dwell_seconds",
    "is_session_capped",
    "properties",
    "feed",
]
UNCONVERTED = """
select 1 as offending
where (select count(value) from {batch}) <> (select count(value) from staging.stg_events)
"""
CHANGED = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from staging.stg_events)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__events."""
    gap = night.number("session_gap_minutes", 30) * 60
    return [
        rules.filled("select 1 from staging.stg_events", "staged events"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        *rules.not_null("event_name", "occurred_at", "event_day"),
        *rules.happened(night, "occurred_at"),
        # Critical: dwell is never negative and never over the gap that ends a session.
        rules.between("dwell_seconds", 0, gap),
        rules.between("event_number", 1, None),
        # Critical: an event outside every session is in no session report.
        rules.never("every event is in a session", "session_id is null"),
        # Critical: a missing exchange rate leaves no value, and a sum would call it zero.
        rules.no_rows("every value is converted", UNCONVERTED),
        # Critical: enriching neither loses nor multiplies events.
        rules.no_rows("as many events as staging has", CHANGED),
    ]

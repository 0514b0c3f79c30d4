"""What tonight changes in stg_events, and what waits for its day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from orchestration.contract import ENTITIES

EVENTS = ENTITIES["events"]
COLUMNS = (
    *(column.name for column in EVENTS.columns),
    EVENTS.remainder,
    "feed",
    "corrected_fields",
    "event_key",
    "is_pending",
    "replaced_at",
    "replaced_user_id",
    "replaced_anonymous_id",
    "replaced_feed",
)
NOT_STAGED = """
select 1 as offending
from {batch} as delta
left join staging.stg_events as events
    on delta.event_key = events.event_key and delta.event_id = events.event_id
where not delta.is_pending and (events.event_id is null or events.occurred_at <> delta.occurred_at)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_events_delta."""
    return [
        rules.filled(
            f"select 1 from raw.events_new where occurred_at >= {night.as_of_end_sql}",
            "new events that lie ahead",
        ),
        rules.columns(COLUMNS),
        rules.never(
            "what waits lies after the as-of day",
            f"is_pending <> (occurred_at >= {night.as_of_end_sql})",
        ),
        # Critical: a change that did not reach the table would be lost with this night.
        rules.no_rows("every change is in the table", NOT_STAGED),
    ]

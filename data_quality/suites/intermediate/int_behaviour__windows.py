"""The stretches of events that are cut into sessions again tonight."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "stream_key",
    "from_at",
    "to_at",
]
OUTSIDE = """
select 1 as offending
from intermediate.int_behaviour__events_delta as delta
where not exists (
    select 1 from {batch} as windows
    where
        windows.stream_key = delta.stream_key
        and delta.occurred_at between windows.from_at and windows.to_at
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__windows."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__events_delta", "changed events"),
        rules.columns(COLUMNS),
        # Critical: a change outside every stretch would leave its session as it was.
        rules.never("a stretch ends after it starts", "to_at < from_at"),
        rules.no_rows("every change lies in a stretch", OUTSIDE),
    ]

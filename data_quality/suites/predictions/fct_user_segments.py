"""One row per person in a segment."""

from __future__ import annotations

from typing import Any

from data_quality import coverage, rules
from data_quality.night import Night

UNDESCRIBED = """
select 1 as offending
from {batch} as members
left join predictions.dim_segments as segments on members.segment_id = segments.segment_id
where segments.segment_id is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_user_segments."""
    return [
        rules.filled("select 1 from predictions.dim_segments where size > 0", "segments of people"),
        rules.columns(["user_key", "segment_id", "segment_name", "model_version", "as_of"]),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.unique("user_key"),
        *rules.not_null("segment_id", "segment_name"),
        # Critical: a person in a segment nobody can look up cannot be explained.
        rules.no_rows("every segment is described", UNDESCRIBED),
        # Critical: a segment for a person who has not consented to profiling must not exist.
        rules.no_rows("only people who consent", coverage.uninvited(night)),
    ]

"""One row per segment."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

MISCOUNTED = """
select 1 as offending
from {batch} as segments
left join (
    select segment_id, count(*) as people from predictions.fct_user_segments group by segment_id
) as members on segments.segment_id = members.segment_id
where segments.size <> coalesce(members.people, 0)
"""
SHARES = """
select 1 as offending from {batch} having sum(size) > 0 and abs(sum(share) - 1) > 0.001
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.dim_segments."""
    return [
        rules.filled("select 1 from predictions.fct_user_segments", "people in segments"),
        rules.columns(["segment_id", "name_en", "name_zh", "rule", "share", "size", "as_of"], exact=False),
        rules.as_of(night),
        rules.unique("segment_id"),
        *rules.not_null("segment_id", "name_en", "name_zh", "rule"),
        rules.between("share", 0, 1),
        rules.between("size", 0, None),
        # Critical: the description must be of the members there are.
        rules.no_rows("sizes are the members' counts", MISCOUNTED),
        rules.no_rows("shares add up to 1", SHARES),
    ]

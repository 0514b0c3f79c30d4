"""The public table dim_segments, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.dim_segments"
EVIDENCE = "select 1 from marts.fct_user_segments"
MISCOUNTED = """
select 1 as offending
from (
    select segment_id, count(*) as people from marts.fct_user_segments group by segment_id
) as members
full join {batch} as segments on members.segment_id = segments.segment_id
where coalesce(segments.size, -1) <> coalesce(members.people, 0)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.dim_segments in the candidate file."""
    return [
        *published_table("dim_segments", night, evidence=(EVIDENCE, "people in segments")),
        # Critical: both tables must be of the same night's fit.
        rules.no_rows("sizes are the members' counts", MISCOUNTED),
    ]

"""The public table fct_user_segments, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_user_segments"
EVIDENCE = "select 1 from marts.dim_segments where size > 0"
MISCOUNTED = """
select 1 as offending
where (select count(*) from {batch}) <> (select coalesce(sum(size), 0) from marts.dim_segments)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_segments in the candidate file."""
    return [
        *published_table("fct_user_segments", night, evidence=(EVIDENCE, "segments of people")),
        # Critical: both tables must be of the same night's fit.
        rules.no_rows("as many members as the segments' sizes", MISCOUNTED),
    ]

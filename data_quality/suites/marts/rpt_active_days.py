"""One row per month and number of active days."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
where (select coalesce(sum(people * active_days), 0) from {batch}) <> (
    select coalesce(sum(dau), 0) from marts.rpt_engagement
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_active_days."""
    return [
        rules.filled("select 1 from marts.rpt_engagement where dau > 0", "active days"),
        rules.columns(PUBLIC["rpt_active_days"].columns, exact=False),
        rules.as_of(night),
        rules.between("active_days", 1, 31),
        rules.never("somebody had each number of days", "people < 1 or share <= 0 or share > 1"),
        # Critical: whoever is active on a day is among that day's active people.
        rules.no_rows("the active days add up to those of rpt_engagement", ADDS_UP),
    ]

"""One row per person and active day, with the active days beside it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
where (select count(*) from {batch}) <> (
    select count(*) from intermediate.int_lifecycle__active_days where is_active
)
"""
FIRSTS = """
select 1 as offending
from {batch}
having
    count(*) filter (where previous_day is null) <> count(distinct user_key)
    or count(*) filter (where next_day is null) <> count(distinct user_key)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__returns."""
    return [
        rules.filled("select 1 from intermediate.int_lifecycle__active_days where is_active", "active days"),
        rules.columns(["user_key", "day", "previous_day", "next_day"], exact=False),
        rules.pseudonymous(),
        # Critical: growth and retention count from these rows; one too few is a person lost.
        rules.no_rows("a row for every active day", ADDS_UP),
        rules.no_rows("everybody has one first and one last day", FIRSTS),
        rules.never(
            "the day before is earlier, the day after later", "day <= previous_day or day >= next_day"
        ),
    ]

"""One row per weekday and hour."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

COMPLETE = """
select 1 as offending
from (select count(distinct weekday * 24 + hour) as hours, count(*) as found from {batch})
where hours <> 168 or found <> 168
"""
ADDS_UP = """
select 1 as offending
where (select coalesce(sum(events), 0) from {batch}) <> (
    select count(*) from marts.fct_events where is_core
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_active_hours."""
    return [
        rules.rows(at_least=1),
        rules.columns(PUBLIC["rpt_active_hours"].columns, exact=False),
        rules.as_of(night),
        # Critical: a chart of a week has no holes, and a shop that nobody used has 168 zeros.
        rules.no_rows("all 168 hours of a week are there", COMPLETE),
        rules.between("weekday", 1, 7),
        rules.between("hour", 0, 23),
        rules.never("no more people than events", "people > events or (people = 0 and events > 0)"),
        # Critical: what the report adds up must be what the table holds.
        rules.no_rows("the core actions add up", ADDS_UP),
    ]

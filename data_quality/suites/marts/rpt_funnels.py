"""One row per funnel, step, breakdown and value."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

GROWS = """
select 1 as offending
from (
    select
        people,
        step_number,
        lag(people) over one_group as people_before,
        lag(step_number) over one_group as step_before
    from {batch}
    window one_group as (partition by funnel, breakdown, breakdown_value order by step_number)
)
where people > people_before or step_number <> coalesce(step_before, 0) + 1
"""
ADDS_UP = """
select 1 as offending
from (
    select funnel, breakdown, step_number, sum(people) as people from {batch}
    group by funnel, breakdown, step_number
) as parts
inner join {batch} as whole
    on parts.funnel = whole.funnel and parts.step_number = whole.step_number and whole.breakdown = 'all'
where parts.people <> whole.people
"""
LATE = "median_seconds > window_seconds or mean_seconds > window_seconds"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_funnels."""
    return [
        rules.filled("select 1" if night.funnels else "select 1 where false", "funnels"),
        rules.columns(PUBLIC["rpt_funnels"].columns, exact=False),
        rules.as_of(night),
        # Critical: a funnel that widens, or whose parts are not its whole, is counted wrongly.
        rules.no_rows("people through a step are no more than through the one before", GROWS),
        rules.no_rows("the people of a breakdown add up to the funnel's", ADDS_UP),
        rules.between("people", 0, None),
        rules.between("conversion_from_first", 0, 1),
        rules.between("conversion_from_previous", 0, 1),
        # Critical: the window is a hard limit.
        rules.never("nobody took longer than the window", LATE),
    ]

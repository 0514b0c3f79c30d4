"""One row per granularity, period and pair of states with people in it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from data_quality.suites.marts.fct_lifecycle_spans import STATES

# Who ends a period in a state (to_state) is who begins the next in it (from_state).
UNBALANCED = """
with flows as (
    select
        *,
        dense_rank() over (partition by granularity order by period_start) as period,
        max(period_start) over (partition by granularity) as last_start
    from {batch}
),

sides as (
    select granularity, period + 1 as period, to_state as state, people
    from flows where period_start < last_start
    union all
    select granularity, period, from_state, -people from flows where from_state <> 'none'
)

select 1 as offending
from sides
group by granularity, period, state
having sum(people) <> 0
"""
OTHER_STATES = """
select 1 as offending
from (
    select granularity, to_state, sum(people) as people
    from (select *, max(period_start) over (partition by granularity) as last_start from {batch})
    where period_start = last_start
    group by granularity, to_state
) as flows
full join (
    select granularity, state, count(*) as people
    from marts.fct_lifecycle_spans
    cross join (select unnest(['day', 'week', 'month']) as granularity)
    where is_current
    group by granularity, state
) as spans on flows.granularity = spans.granularity and flows.to_state = spans.state
where flows.people is distinct from spans.people
"""
ARRIVALS = """
select 1 as offending
from (select sum(people) as people from {batch} where from_state = 'none' group by granularity)
where people <> (select count(distinct user_key) from marts.fct_lifecycle_spans)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_lifecycle_flows."""
    return [
        rules.filled("select 1 from marts.fct_lifecycle_spans", "life cycles"),
        rules.columns(PUBLIC["rpt_lifecycle_flows"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("granularity", ["day", "week", "month"]),
        rules.in_set("from_state", [*STATES, "none"]),
        rules.in_set("to_state", STATES),
        rules.between("people", 1, None),
        rules.between("share_of_from", 0, 1),
        # Critical: the matrix is an account; whoever a period ends with, the next begins with.
        rules.no_rows("people in a state all come from somewhere and go somewhere", UNBALANCED),
        rules.no_rows("the last period ends in the states of the as-of day", OTHER_STATES),
        rules.no_rows("everybody comes from none once", ARRIVALS),
    ]

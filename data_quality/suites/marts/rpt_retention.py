"""One row per cohort, number of periods since and kind of retention."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

CELL = "cohort_basis, granularity, cohort_start, period_number"
COHORT = "partition by cohort_basis, granularity, cohort_start, kind order by period_number"
NESTED = f"""
select {CELL}
from {{batch}}
group by {CELL}
having
    count(distinct kind) <> 3
    or max(retained) filter (where kind = 'every_period_through_n')
        > max(retained) filter (where kind = 'on_n')
    or max(retained) filter (where kind = 'on_n')
        > max(retained) filter (where kind = 'on_or_after_n')
"""
RISING = f"""
select 1 as offending
from (select kind, retained, lag(retained) over ({COHORT}) as before from {{batch}})
where kind in ('on_or_after_n', 'every_period_through_n') and retained > before
"""
STEADY = f"""
select 1 as offending
from (
    select
        cohort_size,
        period_number,
        lag(cohort_size) over ({COHORT}) as size_before,
        lag(period_number) over ({COHORT}) as number_before
    from {{batch}}
)
where
    period_number <> coalesce(number_before + 1, 0)
    or cohort_size <> size_before
"""
FIRST_DAYS = """
select 1 as offending
from (
    select cohort_start, sum(cohort_size) as people, sum(retained) as retained
    from {batch}
    where
        cohort_basis = 'first_core_action'
        and granularity = 'day' and period_number = 0 and kind = 'on_n'
    group by cohort_start
) as cohorts
full outer join (
    select first_day, count(*) as people
    from (select user_key, min(day) as first_day from marts.fct_user_days group by user_key)
    group by first_day
) as firsts on cohorts.cohort_start = firsts.first_day
where cohorts.people is distinct from firsts.people or cohorts.retained <> cohorts.people
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_retention."""
    return [
        rules.filled("select 1 from marts.fct_user_days", "active days"),
        rules.columns(PUBLIC["rpt_retention"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("granularity", ["day", "week", "month"]),
        rules.in_set("cohort_basis", ["first_core_action", "registration", "first_order"]),
        rules.between("retention_rate", 0, 1),
        # Critical: these hold by definition, so a break is a miscount.
        rules.no_rows("every period <= on n <= on or after n", NESTED),
        rules.no_rows("the cumulative kinds never rise", RISING),
        rules.no_rows("a cohort keeps its size and misses no period", STEADY),
        rules.no_rows("first cohorts are the people's first active days", FIRST_DAYS),
        rules.never(
            "no period begins after the as-of",
            f"cohort_start > {night.as_of_sql} or (granularity = 'day'"
            f" and cohort_start + period_number > {night.as_of_sql})",
        ),
    ]

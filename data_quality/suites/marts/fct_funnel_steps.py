"""One row per funnel, breakdown, person and step done."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from data_quality.suites.intermediate.int_behaviour__funnel_steps import begun

SKIPPED = """
select 1 as offending
from (
    select
        count(*) as steps,
        max(step_number) as last_step,
        min(step_number) as first_step,
        count(distinct breakdown_value) as places
    from {batch}
    group by funnel, breakdown, user_key
)
where first_step <> 1 or last_step <> steps or places <> 1
"""
LEFT_OUT = """
select 1 as offending
from (
    select funnel, breakdown, count(*) as steps from {batch} group by funnel, breakdown
) as parts
left join (
    select funnel, count(*) as steps from {batch} where breakdown = 'all' group by funnel
) as whole on parts.funnel = whole.funnel
where parts.steps <> coalesce(whole.steps, 0)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_funnel_steps."""
    return [
        rules.filled(begun(night, "marts.fct_events"), "events that begin a funnel"),
        rules.columns(PUBLIC["fct_funnel_steps"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.between("seconds_from_first", 0, None),
        # Critical: whoever did a step did all before it, and is in one place of each breakdown.
        rules.no_rows("no step is skipped, and everyone has one value of a breakdown", SKIPPED),
        rules.no_rows("every breakdown holds every step done", LEFT_OUT),
    ]

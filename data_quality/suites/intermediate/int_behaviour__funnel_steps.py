"""One row per funnel, person and step done."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ("funnel", "user_key", "step_number", "seconds_from_first", "first_event_id")
SKIPPED = """
select 1 as offending
from (
    select count(*) as steps, max(step_number) as last_step, min(step_number) as first_step
    from {batch}
    group by funnel, user_key
)
where first_step <> 1 or last_step <> steps
"""
BACKWARDS = """
select 1 as offending
from (
    select
        step_number,
        seconds_from_first,
        lag(seconds_from_first) over (
            partition by funnel, user_key order by step_number
        ) as seconds_before
    from {batch}
)
where seconds_from_first < coalesce(seconds_before, 0) or (step_number = 1 and seconds_from_first <> 0)
"""


def begun(night: Night, events: str) -> str:
    """Events that begin a funnel whatever else they are, as a query of the table of events named."""
    names = {
        name.replace("'", "''")
        for funnel in night.funnels
        for step in funnel["steps"][:1]
        if not step["where"]
        for name in step["event"]
    }
    listed = ", ".join(f"'{name}'" for name in sorted(names)) or "null"
    return f"select 1 from {events} where event_name in ({listed})"


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__funnel_steps."""
    return [
        rules.filled(begun(night, "intermediate.int_behaviour__events"), "events that begin a funnel"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        *rules.not_null("funnel", "first_event_id"),
        # Critical: whoever did a step did all before it, one after the other.
        rules.no_rows("no step is skipped", SKIPPED),
        rules.no_rows("no step lies before the one before", BACKWARDS),
    ]

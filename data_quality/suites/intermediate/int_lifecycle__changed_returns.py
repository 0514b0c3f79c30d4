"""The active days of people whom tonight changed, as they are and as they were."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

NEW_DAYS = "select 1 from intermediate.int_lifecycle__changed_days where is_active and not was_active"
ADDS_UP = """
select 1 as offending
from (
    select
        count(*) filter (where is_now) as days,
        count(*) filter (where not is_now) as previous_days
    from {batch}
)
cross join (
    select
        count(*) filter (where is_active) as changed_days,
        count(*) filter (where was_active) as previous_changed_days
    from intermediate.int_lifecycle__changed_days
)
where days - previous_days <> changed_days - previous_changed_days
"""
AS_TOLD = """
select 1 as offending
from {batch} as changed
left join intermediate.int_lifecycle__returns as kept
    on changed.user_key = kept.user_key and changed.day = kept.day
where
    changed.is_now
    and (
        kept.user_key is null
        or changed.previous_day is distinct from kept.previous_day
        or changed.next_day is distinct from kept.next_day
    )
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__changed_returns."""
    return [
        rules.filled(NEW_DAYS, "days newly active"),
        rules.columns(["user_key", "person_key", "day", "previous_day", "next_day", "is_now"]),
        rules.pseudonymous(),
        # Told without the number of rows: of a table built whole they are none.
        rules.never("a row is told as it was or as it is", "is_now is null or person_key is null"),
        rules.never(
            "the day before is earlier, the day after later", "day <= previous_day or day >= next_day"
        ),
        # Critical: the reports take away what was and add what is.
        rules.no_rows("there are more by the days that became active", ADDS_UP),
        rules.no_rows("what is, is in the returns", AS_TOLD),
    ]

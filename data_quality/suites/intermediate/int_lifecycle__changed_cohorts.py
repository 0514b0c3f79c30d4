"""The cohort days of people whom tonight changed, as they are and as they were."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

DAYS = ("first_core_action_day", "registration_day", "first_order_day")
NEW_DAYS = "select 1 from intermediate.int_lifecycle__changed_days where is_active and not was_active"
AS_TOLD = """
select 1 as offending
from {batch} as changed
left join intermediate.int_lifecycle__cohorts as cohorts on changed.user_key = cohorts.user_key
where
    changed.is_now
    and (
        cohorts.user_key is null
        or changed.first_core_action_day is distinct from cohorts.first_core_action_day
        or changed.registration_day is distinct from cohorts.registration_day
        or changed.first_order_day is distinct from cohorts.first_order_day
    )
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__changed_cohorts."""
    return [
        rules.filled(NEW_DAYS, "days newly active"),
        rules.columns(["user_key", "person_key", *DAYS, "is_now"]),
        rules.pseudonymous(),
        # Told without the number of rows: of a table built whole they are none.
        *(rules.never(f"{day} up to the as-of", f"{day} > {night.as_of_sql}") for day in DAYS),
        # Critical: the reports take away what was and add what is.
        rules.never("a row is told as it was or as it is", "is_now is null or person_key is null"),
        rules.no_rows("what is, is in the cohorts", AS_TOLD),
    ]

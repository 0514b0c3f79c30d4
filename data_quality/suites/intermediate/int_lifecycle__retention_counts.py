"""One row per cohort and number of periods since, where it counts anybody."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ("cohort_basis", "granularity", "cohort", "period_number", "members", "active")
MEMBERS = """
select 1 as offending
from (
    select
        granularity,
        sum(members) filter (where cohort_basis = 'first_core_action') as active_people,
        sum(members) filter (where cohort_basis = 'registration') as registered,
        sum(members) filter (where cohort_basis = 'first_order') as buyers
    from {batch}
    group by granularity
)
cross join (
    select
        count(first_core_action_day) as all_active,
        count(registration_day) as all_registered,
        count(first_order_day) as all_buyers
    from intermediate.int_lifecycle__cohorts
)
where
    coalesce(active_people, 0) <> all_active
    or coalesce(registered, 0) <> all_registered
    or coalesce(buyers, 0) <> all_buyers
"""
ACTIVE_DAYS = """
select 1 as offending
where (
    select coalesce(sum(active), 0) from {batch}
    where cohort_basis = 'first_core_action' and granularity = 'day' and period_number = 0
) <> (select count(first_core_action_day) from intermediate.int_lifecycle__cohorts)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__retention_counts."""
    return [
        rules.filled(
            "select 1 from intermediate.int_lifecycle__cohorts"
            " where coalesce(first_core_action_day, registration_day, first_order_day) is not null",
            "cohorts",
        ),
        rules.columns([*COLUMNS, "unbroken_until", "last_active"], exact=False),
        rules.in_set("granularity", ["day", "week", "month"]),
        *(rules.between(name, 0, None) for name in ("members", "active", "unbroken_until", "last_active")),
        # Critical: a person in two cohorts of one kind, or in none, bends every rate.
        rules.no_rows("everybody is in one cohort of each kind", MEMBERS),
        rules.no_rows("everybody is active on the first active day", ACTIVE_DAYS),
    ]

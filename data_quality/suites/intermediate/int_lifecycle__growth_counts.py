"""One row per granularity and period in which anybody was active."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ["granularity", "period", "active", "new", "retained", "resurrected"]
PEOPLE = """
select 1 as offending
from (
    select
        coalesce(sum(new) filter (where granularity = 'day'), 0) as by_day,
        coalesce(sum(new) filter (where granularity = 'week'), 0) as by_week,
        coalesce(sum(new) filter (where granularity = 'month'), 0) as by_month
    from {batch}
)
cross join (
    select count(*) as people from intermediate.int_lifecycle__returns where previous_day is null
)
where by_day <> people or by_week <> people or by_month <> people
"""
DAYS = """
select 1 as offending
where (select coalesce(sum(active), 0) from {batch} where granularity = 'day') <> (
    select count(*) from intermediate.int_lifecycle__returns
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__growth_counts."""
    return [
        rules.filled("select 1 from intermediate.int_lifecycle__returns", "active days"),
        rules.columns(COLUMNS),
        rules.in_set("granularity", ["day", "week", "month"]),
        *(rules.between(name, 0, None) for name in ("new", "retained", "resurrected")),
        rules.never(
            "active people are new, retained or resurrected", "active <> new + retained + resurrected"
        ),
        # Critical: a night that adds wrongly to these rows is wrong for ever.
        rules.no_rows("everybody was new once", PEOPLE),
        rules.no_rows("days add up to everybody's active days", DAYS),
    ]

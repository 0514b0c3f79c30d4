"""One row per granularity and period."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

CARRIED = """
select 1 as offending
from (
    select
        *,
        coalesce(lag(active) over (partition by granularity order by period_start), 0) as active_before
    from {batch}
)
where active <> active_before + new + resurrected - churned
"""
NO_GAP = """
select 1 as offending
from (
    select
        granularity,
        period_start,
        lag(period_start) over (partition by granularity order by period_start) as before
    from {batch}
)
where period_start <> before + case granularity
    when 'day' then interval 1 day when 'week' then interval 7 day else interval 1 month
end
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_growth_accounting."""
    return [
        rules.filled("select 1 from marts.fct_user_days", "active days"),
        rules.columns(PUBLIC["rpt_growth_accounting"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("granularity", ["day", "week", "month"]),
        *(
            rules.between(column, 0, None)
            for column in ("active", "new", "retained", "resurrected", "churned")
        ),
        # Critical: the identity that makes the growth table an account.
        rules.no_rows("active follows from the period before", CARRIED),
        rules.no_rows("no period is missing", NO_GAP),
        rules.never("periods start by the as-of", f"period_start > {night.as_of_sql}"),
    ]

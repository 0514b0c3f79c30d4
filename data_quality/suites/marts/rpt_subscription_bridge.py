"""One row per month: how the monthly amount got from its opening to its closing."""

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
        coalesce(lag(closing) over (order by period_start), 0) as closed,
        coalesce(lag(subscribers_closing) over (order by period_start), 0) as subscribers_closed
    from {batch}
)
where opening <> closed or subscribers_opening <> subscribers_closed
"""
NO_GAP = """
select 1 as offending
from (select period_start, lag(period_start) over (order by period_start) as before from {batch})
where period_start <> before + interval 1 month
"""
MONEY = ("opening", "started", "expansion", "contraction", "churned", "closing", "restarted")


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_subscription_bridge."""
    return [
        # The month of the as-of day is there even when nothing runs.
        rules.rows(at_least=1),
        rules.columns(PUBLIC["rpt_subscription_bridge"].columns, exact=False),
        rules.as_of(night),
        *(rules.between(column, 0, None) for column in MONEY),
        # Critical: the identities that make the bridge an account.
        rules.never(
            "opening and movements make the closing",
            "opening + started + expansion - contraction - churned <> closing",
        ),
        rules.never(
            "so do the people",
            "subscribers_opening + subscribers_started - subscribers_churned <> subscribers_closing",
        ),
        rules.no_rows("a month opens with what the one before closed with", CARRIED),
        rules.no_rows("no month is missing", NO_GAP),
        rules.never("who restarted has started", "restarted > started"),
        rules.never("months start by the as-of", f"period_start > {night.as_of_sql}"),
    ]

"""One row per person and unbroken stay in a state."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

STATES = ("registered", "new", "active", "resurrected", "dormant", "churned")
CONTIGUOUS = """
select 1 as offending
from (
    select
        from_day,
        lag(to_day) over (partition by user_key order by from_day) as before
    from {batch}
)
where from_day <> before + 1
"""
ONE_NOW = """
select 1 as offending
from marts.dim_users as users
left join (
    select user_key, count(*) as spans from {batch} where to_day = as_of group by user_key
) as now on users.user_key = now.user_key
where
    coalesce(now.spans, 0) <> 1
    and coalesce(users.registered_at, users.first_seen_at) is not null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_lifecycle_spans."""
    return [
        rules.filled("select 1 from marts.dim_users where first_seen_at is not null", "people"),
        rules.columns(PUBLIC["fct_lifecycle_spans"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.in_set("state", STATES),
        rules.never("spans run forward", "to_day < from_day"),
        rules.never("spans end by the as-of", f"to_day > {night.as_of_sql}"),
        # Critical: the states partition a person's days, so a gap or an overlap miscounts both.
        rules.no_rows("spans follow each other day by day", CONTIGUOUS),
        rules.no_rows("everyone has a state on the as-of day", ONE_NOW),
    ]

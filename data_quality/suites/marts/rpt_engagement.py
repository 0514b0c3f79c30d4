"""One row per day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

NO_GAP = """
select 1 as offending
from (select min(day) as first_day, max(day) as last_day, count(*) as days from {batch})
where last_day - first_day + 1 <> days
"""
ADDS_UP = """
select 1 as offending
from (
    select
        coalesce(sum(events), 0) as events,
        coalesce(sum(sessions), 0) as sessions,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(revenue), 0) as revenue
    from {batch}
)
where
    events <> (select count(*) from marts.fct_events)
    or sessions <> (select count(*) from marts.fct_sessions)
    or orders <> (select count(*) from marts.fct_orders where is_purchase)
    or revenue <> (select coalesce(sum(revenue), 0) from marts.fct_orders)
"""
PEOPLE_ADD_UP = """
select 1 as offending
from (select coalesce(sum(dau), 0) as person_days, coalesce(sum(new_users), 0) as people from {batch})
where
    person_days <> (select count(*) from marts.fct_user_days)
    or people <> (select count(distinct user_key) from marts.fct_user_days)
"""
TRAILING = """
select 1 as offending
from {batch} as newest
where
    newest.day = newest.as_of
    and (
        newest.wau <> (
            select count(distinct user_key) from marts.fct_user_days where day > newest.as_of - 7
        )
        or newest.mau <> (
            select count(distinct user_key) from marts.fct_user_days where day > newest.as_of - 30
        )
    )
"""
JUMP = """
select 1 as offending
from {batch} as now
inner join {batch} as before on before.day = now.day - 7
where
    now.day = now.as_of
    and before.dau >= 50
    and (now.dau < before.dau * 0.5 or now.dau > before.dau * 2)
"""


def newest_is(column: str, night: Night) -> str:
    """Offends when there are rows and the newest day is not the night's."""
    return f"select 1 as offending from {{batch}} having max({column}) <> {night.as_of_sql}"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_engagement."""
    return [
        rules.filled("select 1 from marts.fct_events", "events"),
        rules.columns(PUBLIC["rpt_engagement"].columns, exact=False),
        rules.as_of(night),
        # Critical: a stale or gappy report misleads whoever reads a trend from it.
        rules.no_rows("the newest day is the as-of", newest_is("day", night)),
        rules.no_rows("no day is missing", NO_GAP),
        rules.between("stickiness", 0, 1),
        # Critical: what the report adds up must be what the tables hold.
        rules.no_rows("events, sessions, orders and revenue add up", ADDS_UP),
        rules.no_rows("active and new people add up", PEOPLE_ADD_UP),
        rules.no_rows("the newest week and month are counted afresh", TRAILING),
        # Warning: half or twice the people of a week ago is more often a source than a season.
        rules.no_rows("people within half and twice a week ago", JUMP, "warning"),
    ]

"""One row per arrival of a person."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ["touchpoint_id", "user_number", "arrival_number", "occurred_at", "way_number", "is_direct"]
LOST = """
select 1 as offending
where
    (select count(*) from {batch} where way_number > 0)
    <> (select count(*) from intermediate.int_behaviour__sessions)
"""
CLICKS = """
select 1 as offending
where
    (select count(*) from {batch} where way_number < 0)
    > (select count(*) from intermediate.int_campaigns__touches where action = 'clicked')
"""
UNKNOWN = """
select arrivals.touchpoint_id
from {batch} as arrivals
left join intermediate.int_campaigns__ways as ways on arrivals.way_number = ways.way_number
where ways.is_direct is distinct from arrivals.is_direct
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__arrivals."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__sessions", "sessions"),
        rules.columns(COLUMNS, exact=False),
        *rules.happened(night, "occurred_at"),
        # Critical: a session lost, or doubled by a join, is a wrong share of every purchase after it.
        rules.no_rows("every session is an arrival once", LOST),
        rules.no_rows("no more arrivals by click than clicks", CLICKS),
        rules.no_rows("every arrival came a known way", UNKNOWN),
    ]

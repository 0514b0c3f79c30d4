"""One row per path length and rank."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ORDERED = """
select 1 as offending
from (
    select
        rank,
        sessions,
        lag(rank) over (partition by length order by rank) as rank_before,
        lag(sessions) over (partition by length order by rank) as sessions_before
    from {batch}
)
where rank <> coalesce(rank_before + 1, 1) or sessions > sessions_before
"""
LONG_ENOUGH = """
select 1 as offending
from (select length, sum(sessions) as sessions from {batch} group by length) as listed
where sessions > (
    select count(*) from (
        select session_id from marts.fct_events
        where is_view and page is not null
        group by session_id
        having count(*) >= listed.length
    )
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_path_sequences."""
    kept = night.number("paths.kept", 100)
    return [
        rules.filled("select 1 from marts.rpt_paths where kind = 'transition'", "transitions between pages"),
        rules.columns(PUBLIC["rpt_path_sequences"].columns, exact=False),
        rules.as_of(night),
        rules.between("rank", 1, kept),
        rules.between("share", 0, 1),
        rules.never("a path has its people", "people < 1 or people > sessions"),
        # Critical: a gap in the ranks is a path lost, a rise a wrong order.
        rules.no_rows("ranks follow the sessions without a gap", ORDERED),
        rules.no_rows("no more sessions than have so many views", LONG_ENOUGH),
    ]

"""One row per page and day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
from (
    select
        coalesce(sum(views), 0) as views,
        coalesce(sum(entries), 0) as entries,
        coalesce(sum(exits), 0) as exits,
        coalesce(sum(bounces), 0) as bounces
    from {batch}
)
where
    views <> (select count(*) from marts.fct_events where is_view and page is not null)
    or entries <> (select count(*) from marts.fct_sessions where entry_page is not null)
    or exits <> (select count(*) from marts.fct_sessions where exit_page is not null)
    or bounces <> (select count(*) from marts.fct_sessions where entry_page is not null and is_bounce)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_pages."""
    gap = night.number("session_gap_minutes", 30) * 60
    return [
        rules.filled("select 1 from marts.fct_events where is_view and page is not null", "views of pages"),
        rules.columns(PUBLIC["rpt_pages"].columns, exact=False),
        rules.as_of(night),
        # Critical: what the report adds up must be what the tables hold.
        rules.no_rows("views, entries, exits and bounces add up", ADDS_UP),
        rules.never("no more people than views", "people > views"),
        rules.never("no more bounces than entries", "bounces > entries"),
        rules.between("median_dwell_seconds", 0, gap),
        rules.between("click_through_rate", 0, None),
        # Critical: personal data ends left of the marts, in an address too.
        rules.no_addresses("page"),
    ]

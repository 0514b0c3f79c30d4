"""One row per kind, from-page and to-page."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night


def views_are(page: str, other_end: str) -> str:
    """Offends a page whose steps on one side are not its views."""
    return f"""
select 1 as offending
from (
    select {page} as page, sum(transitions) as steps from {{batch}}
    where kind <> '{other_end}'
    group by {page}
) as steps
full outer join (
    select page, count(*) as views from marts.fct_events
    where is_view and page is not null
    group by page
) as views on steps.page = views.page
where steps.steps is distinct from views.views
"""


ENDS = """
select 1 as offending
from (
    select
        coalesce(sum(transitions) filter (where kind = 'entry'), 0) as entries,
        coalesce(sum(transitions) filter (where kind = 'exit'), 0) as exits
    from {batch}
)
where
    entries <> exits
    or entries <> (
        select count(distinct session_id) from marts.fct_events where is_view and page is not null
    )
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_paths."""
    return [
        rules.filled("select 1 from marts.fct_events where is_view and page is not null", "views of pages"),
        rules.columns(PUBLIC["rpt_paths"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("kind", ["entry", "transition", "exit"]),
        rules.between("share", 0, 1),
        rules.between("drop_off_rate", 0, 1),
        # Critical: the report is an account of the views; a difference is a step lost or made up.
        rules.no_rows("transitions out of a page and exits are its views", views_are("from_page", "entry")),
        rules.no_rows("entries and transitions into a page are its views", views_are("to_page", "exit")),
        rules.no_rows("every session with a view enters once and leaves once", ENDS),
    ]

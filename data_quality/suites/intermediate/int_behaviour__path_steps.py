"""How often each person went from one page to another."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "person_key",
    "kind",
    "from_page",
    "to_page",
    "transitions",
]
VIEWS = "select 1 from intermediate.int_behaviour__events where is_view and page is not null"
LEFT = """
select 1 as offending
where (
    select coalesce(sum(transitions), 0) from {batch} where kind <> 'entry'
) <> (select count(*) from (
    select 1 from intermediate.int_behaviour__events where is_view and page is not null
))
"""
ENTERED = """
select 1 as offending
from {batch}
having sum(case kind when 'entry' then transitions when 'exit' then -transitions else 0 end) <> 0
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__path_steps."""
    return [
        rules.filled(VIEWS, "views"),
        rules.columns(COLUMNS),
        *rules.not_null("person_key"),
        rules.in_set("kind", ["entry", "transition", "exit"]),
        rules.never("a step was taken at least once", "transitions < 1"),
        # Critical: a night that adds wrongly to these rows is wrong for ever.
        rules.no_rows("every view is left once, for another or for good", LEFT),
        rules.no_rows("whatever session was entered was left", ENTERED),
    ]

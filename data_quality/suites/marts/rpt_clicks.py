"""One row per page, element and day."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
where (select coalesce(sum(clicks), 0) from {batch}) <> (
    select count(*) from marts.fct_events where element is not null
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_clicks."""
    return [
        rules.filled("select 1 from marts.fct_events where element is not null", "clicks on elements"),
        rules.columns(PUBLIC["rpt_clicks"].columns, exact=False),
        rules.as_of(night),
        # Critical: what the report adds up must be what the table holds.
        rules.no_rows("the clicks add up", ADDS_UP),
        rules.never("people, and no more than clicks", "people < 1 or people > clicks"),
        # Critical: personal data ends left of the marts, in the name of an element too.
        rules.no_addresses("page", "element"),
    ]

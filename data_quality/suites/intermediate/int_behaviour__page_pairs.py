"""The steps from one page to another, and the people who took them."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "kind",
    "from_page",
    "to_page",
    "transitions",
    "people",
]
STEPS = """
select 1 as offending
from (select coalesce(sum(transitions), 0) as steps, coalesce(sum(people), 0) as people from {batch})
cross join (
    select coalesce(sum(transitions), 0) as all_steps, count(*) as all_people
    from intermediate.int_behaviour__path_steps
)
where steps <> all_steps or people <> all_people
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__page_pairs."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__path_steps", "people's steps"),
        rules.columns(COLUMNS),
        rules.in_set("kind", ["entry", "transition", "exit"]),
        rules.never(
            "a pair has people, and each took it once at least", "people not between 1 and transitions"
        ),
        # Critical: a night that adds wrongly to these rows is wrong for ever.
        rules.no_rows("pairs add up to people's steps", STEPS),
    ]

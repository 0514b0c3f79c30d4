"""The public table fct_next_actions, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_next_actions"
EVIDENCE = "select 1 from marts.dim_user_profiles where next_action is not null"
UNTOLD = """
select 1 as offending
where (select count(*) from {batch} where rank = 1) <> (
    select count(*) from marts.dim_user_profiles where next_action is not null
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_next_actions in the candidate file."""
    return [
        *published_table("fct_next_actions", night, evidence=(EVIDENCE, "profiles with a next action")),
        # Critical: the profiles show the first action, and both must be of the same people.
        rules.no_rows("as many first actions as profiles show", UNTOLD),
    ]

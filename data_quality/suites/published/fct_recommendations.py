"""The public table fct_recommendations, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_recommendations"
# Who can be given one is judged where they are made; here, that what was made is here.
EVIDENCE = """
select 1 from marts.rpt_data_quality
where
    asset = 'predictions/fct_recommendations'
    and expectation = 'item_id is never null'
    and observed not like '% of 0 rows'
"""
STRANGERS = """
select 1 as offending
from {batch} as listed
left join marts.dim_users as users on listed.user_key = users.user_key and users.deleted_at is null
where users.user_key is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_recommendations in the candidate file."""
    return [
        *published_table("fct_recommendations", night, evidence=(EVIDENCE, "lists of the night")),
        rules.no_rows("only people there are", STRANGERS),
    ]

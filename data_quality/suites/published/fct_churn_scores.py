"""The public table fct_churn_scores, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_churn_scores"
EVIDENCE = "select 1 from marts.dim_user_profiles where churn_band is not null"
UNTOLD = """
select 1 as offending
where (select count(*) from {batch}) <> (
    select count(*) from marts.dim_user_profiles where churn_probability is not null
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_churn_scores in the candidate file."""
    return [
        *published_table("fct_churn_scores", night, evidence=(EVIDENCE, "profiles with a churn band")),
        # Critical: the profiles show the scores, and both must be of the same people.
        rules.no_rows("as many scores as profiles show", UNTOLD),
    ]

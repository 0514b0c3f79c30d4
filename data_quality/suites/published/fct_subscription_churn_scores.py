"""The public table fct_subscription_churn_scores, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_subscription_churn_scores"
COMPARED = "select 1 from marts.rpt_model_quality where model = 'subscription_churn' and metric = 'psi_score'"
STRANGERS = """
select 1 as offending
from {batch} as scores
left join marts.dim_users as users on scores.user_key = users.user_key
where users.user_key is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_subscription_churn_scores in the candidate file."""
    return [
        # Scores were compared with those of a week ago, so there were some.
        *published_table("fct_subscription_churn_scores", night, evidence=(COMPARED, "scores compared")),
        rules.between("churn_probability", 0, 1),
        # Critical: a score of nobody known is of nobody.
        rules.no_rows("of people there are", STRANGERS),
    ]

"""The public table fct_propensities, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_propensities"
EVIDENCE = """
select 1 from marts.rpt_model_quality
where model = 'propensity' and metric = 'next_purchase_auc'
"""
WITHOUT_CONSENT = """
select 1 as offending
from {batch} as predicted
left join marts.dim_user_profiles as profiles
    on predicted.user_key = profiles.user_key and profiles.profiling_consent
where profiles.user_key is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_propensities in the candidate file."""
    return [
        *published_table("fct_propensities", night, evidence=(EVIDENCE, "tested models")),
        # Critical: nobody is told of without consent to profiling.
        rules.no_rows("only people who let us profile", WITHOUT_CONSENT),
    ]

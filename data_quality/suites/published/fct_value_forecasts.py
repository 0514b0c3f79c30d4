"""The public table fct_value_forecasts, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_value_forecasts"
EVIDENCE = "select 1 from marts.dim_user_profiles where clv is not null"
UNTOLD = """
select 1 as offending
from {batch} as forecasts
full join (select * from marts.dim_user_profiles where clv is not null) as profiles
    on forecasts.user_key = profiles.user_key
where forecasts.clv is distinct from profiles.clv
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_value_forecasts in the candidate file."""
    return [
        *published_table("fct_value_forecasts", night, evidence=(EVIDENCE, "profiles with a clv")),
        # Critical: the profiles show the forecasts, and both must be of the same people.
        rules.no_rows("what the profiles show", UNTOLD),
    ]

"""The public table fct_reach, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_reach"
EVIDENCE = "select 1 from marts.dim_user_profiles where preferred_hour is not null"
UNTOLD = """
select 1 as offending
from {batch} as reach
full join (select * from marts.dim_user_profiles where preferred_hour is not null) as profiles
    on reach.user_key = profiles.user_key
where
    reach.preferred_hour is distinct from profiles.preferred_hour
    or reach.preferred_channel is distinct from profiles.preferred_channel
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_reach in the candidate file."""
    return [
        *published_table("fct_reach", night, evidence=(EVIDENCE, "profiles with an hour")),
        # Critical: the profiles show the same, of people who let us profile.
        rules.no_rows("what the profiles show", UNTOLD),
    ]

"""The public table dim_user_profiles, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.dim_user_profiles"
AS_MANY = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from marts.dim_users)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.dim_user_profiles in the candidate file."""
    return [
        *published_table("dim_user_profiles", night),
        # Critical: both tables list everyone, so a difference is a copy of another night.
        rules.no_rows("as many profiles as people", AS_MANY),
    ]

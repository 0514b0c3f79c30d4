"""One row per person and purpose."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from orchestration.contract import CONSENT_STATUSES, PURPOSES

ALL_PURPOSES = """
select 1 as offending
from marts.dim_users as users
left join (
    select user_key, count(*) as purposes from {batch} group by user_key
) as known on users.user_key = known.user_key
where coalesce(known.purposes, 0) <> 7
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_consents."""
    return [
        rules.filled("select 1 from marts.dim_users", "people"),
        rules.columns(PUBLIC["fct_consents"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.in_set("purpose", PURPOSES),
        # Critical: an unknown status leaves open whether a person may be addressed.
        rules.in_set("status", CONSENT_STATUSES),
        *rules.happened(night, "changed_at"),
        # Critical: a missing purpose would be read as no objection.
        rules.no_rows("everyone has all seven purposes", ALL_PURPOSES),
    ]

"""One row per person."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "person_id",
    "user_key",
    "user_id",
    "registered_at",
    "updated_at",
    "deleted_at",
    "first_seen_at",
    "gender",
    "birth_date",
    "country",
    "region",
    "city",
    "language",
    "occupation",
    "membership_level",
    "acquisition_channel",
    "acquisition_campaign_id",
    "referrer",
    "platform",
]
NOT_EVERYONE = """
select 1 as offending
where (select count(*) from {batch}) <> (
    select count(distinct user_key) from intermediate.int_users__identifiers
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__people."""
    return [
        rules.filled("select 1 from intermediate.int_users__identifiers", "identifiers"),
        # Critical, and exact: contact details end in staging and the vault.
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        *rules.happened(night, "registered_at", "first_seen_at", "updated_at", "deleted_at"),
        # Critical: every identifier is somebody's, and everybody has one.
        rules.no_rows("as many people as the identifiers have", NOT_EVERYONE),
    ]

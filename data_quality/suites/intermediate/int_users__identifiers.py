"""One row per identifier: whose it is."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ["id_type", "id", "person_id", "user_key", "first_seen_at"]
SPLIT = """
select 1 as offending from {batch} group by person_id having count(distinct user_key) > 1
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__identifiers."""
    return [
        rules.filled("select 1 from staging.stg_users", "users"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        *rules.not_null("person_id"),
        *rules.happened(night, "first_seen_at"),
        # Critical: one person under two keys would be counted and erased by halves.
        rules.no_rows("a person has one key", SPLIT),
    ]

"""One row per snapshot day and identifier of a person who was another then."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ["as_of", "id_type", "id", "user_key", "current_user_key", "first_seen_at"]
# An identifier that changed hands brings the whole person it is with now.
HALVES = """
select 1 as offending
from {batch} as listed
inner join intermediate.int_users__identifiers as identifiers
    on listed.current_user_key = identifiers.user_key
left join {batch} as others
    on
        listed.as_of = others.as_of
        and identifiers.id_type = others.id_type
        and identifiers.id = others.id
where
    identifiers.id_type in ('user_id', 'anonymous_id')
    -- A day's margin, whatever the business zone.
    and coalesce(identifiers.first_seen_at < cast(listed.as_of as timestamp) - interval 1 day, true)
    and others.id is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__past_identifiers."""
    return [
        rules.filled("select 1 from intermediate.int_users__past_records", "records of people who changed"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.pseudonymous("current_user_key"),
        rules.in_set("id_type", ["user_id", "anonymous_id"]),
        # Critical: a snapshot of the as-of day is of the people there are.
        rules.never("of days before the as-of", f"as_of >= {night.as_of_sql}"),
        *rules.happened(night, "first_seen_at"),
        rules.no_rows("people are listed whole", HALVES),
    ]

"""One row per identifier that events may carry: whose it is tonight, and whose it was."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "id_type",
    "id",
    "user_key",
    "person_key",
    "person_number",
    "previous_user_key",
]

SHARED = """
select person_key as offending
from {batch}
group by person_key
having count(distinct person_number) > 1
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__keys."""
    return [
        rules.filled("select 1 from intermediate.int_users__event_sightings", "identifiers in events"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        *rules.not_null("person_key", "person_number"),
        # Critical: what is counted by eight bytes would be two people's.
        rules.no_rows("eight bytes tell people apart", SHARED),
        # Critical: an identifier that changed hands has two different owners.
        rules.never("another person than before", "previous_user_key = user_key"),
    ]

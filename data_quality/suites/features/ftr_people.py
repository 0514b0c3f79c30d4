"""One row per person who has not asked to be deleted."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

DELETED = """
select 1 as offending
from {batch} as there
left join intermediate.int_users__people as people
    on there.user_key = people.user_key and people.deleted_at is null
where people.user_key is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_people."""
    return [
        rules.filled("select 1 from intermediate.int_users__people where deleted_at is null", "people"),
        # Critical, exactly these: models see everybody here, so it must say nothing of what they did.
        rules.columns(["user_key", "as_of"]),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.no_rows("nobody who asked to be deleted", DELETED),
    ]

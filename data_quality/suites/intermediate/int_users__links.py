"""One row per pair of identifiers, and what says they are one."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "id_type",
    "id",
    "linked_id_type",
    "linked_id",
    "node",
    "linked_node",
    "evidence",
    "entity",
    "feed",
    "linked_at",
    "withdrawn_at",
    "linked_day",
    "withdrawn_day",
    "times",
    "exclusion",
]
EVIDENCE = ("seen_together", "same_email", "same_phone", "same_device", "declared", "probabilistic", "rule")


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__links."""
    return [
        rules.filled(
            "select 1 from intermediate.int_users__sightings"
            " where user_id is not null and anonymous_id is not null",
            "identifiers seen together",
        ),
        rules.columns(COLUMNS),
        rules.in_set("evidence", EVIDENCE),
        rules.in_set("exclusion", ["kept_apart", "generic_value", "unverified"]),
        # Critical: a link with itself would count against the cap of its identifier.
        rules.never("two identifiers a link", "node = linked_node"),
        *rules.happened(night, "linked_at", "withdrawn_at"),
        rules.never("withdrawn not before declared", "withdrawn_at < linked_at"),
    ]

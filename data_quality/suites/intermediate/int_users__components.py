"""One row per linked identifier: the group it belongs to."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__components."""
    return [
        rules.filled(
            "select 1 from staging.stg_identities where (id_type = 'user_id') = (linked_id_type = 'user_id')",
            "links between identifiers of one kind",
        ),
        rules.columns(["node", "root"]),
        # Critical: a group whose root lies in another group is one person cut in two.
        rules.no_rows(
            "every root is in its own group",
            "select 1 as offending from {batch} as members"
            " left join {batch} as roots on members.root = roots.node"
            " where roots.root is distinct from members.root",
        ),
    ]

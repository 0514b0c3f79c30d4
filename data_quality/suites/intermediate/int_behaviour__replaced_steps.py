"""People's steps between pages that tonight walks again, as they were."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "person_key",
    "kind",
    "from_page",
    "to_page",
    "transitions",
]


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__replaced_steps."""
    return [
        rules.filled(
            "select 1 from intermediate.int_behaviour__path_changes where transitions < previous_transitions",
            "steps that are fewer",
        ),
        rules.columns(COLUMNS),
        rules.never("a step is somebody's", "person_key is null"),
        # Told without the number of rows: of a table built whole they are none.
        rules.never(
            "a step is an entry, a transition or an exit",
            "kind is null or kind not in ('entry', 'transition', 'exit')",
        ),
        # Critical: taken away from the person's count, it would add.
        rules.never("a step was taken at least once", "transitions < 1"),
    ]

"""People's steps between pages whose number tonight changes."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "person_key",
    "kind",
    "from_page",
    "to_page",
    "previous_transitions",
    "transitions",
]
NEW_VIEWS = """
select 1
from intermediate.int_behaviour__events as events
inner join intermediate.int_behaviour__events_delta as delta
    on events.event_key = delta.event_key
    and events.event_id = delta.event_id
where
    delta.previous_at is null
    and events.is_view
    and events.page is not null
    and not exists (select 1 from intermediate.int_behaviour__replaced_steps)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_behaviour__path_changes."""
    return [
        rules.filled(NEW_VIEWS, "new views and none were walked before"),
        rules.columns(COLUMNS),
        rules.never("a step is somebody's", "person_key is null"),
        # Told without the number of rows: of a table built whole they are none.
        rules.never(
            "a step is an entry, a transition or an exit",
            "kind is null or kind not in ('entry', 'transition', 'exit')",
        ),
        # Critical: more was taken away than there was.
        rules.never("nobody took a step less than never", "transitions < 0 or previous_transitions < 0"),
        rules.never("every row changes something", "transitions = previous_transitions"),
    ]

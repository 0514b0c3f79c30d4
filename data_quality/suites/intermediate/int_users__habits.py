"""One row per person with a core event or a purchase."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = (
    "user_key",
    "favourite_category",
    "favourite_category_share",
    "usual_channel",
    "usual_channel_share",
    "usual_hour",
    "usual_hour_share",
)


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__habits."""
    return [
        rules.filled("select 1 from intermediate.int_behaviour__events where is_core", "core events"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.between("usual_hour", 0, 23),
        # Critical: a share that is none means that a count was lost.
        *(
            rules.between(f"{habit}_share", 0, 1)
            for habit in ("favourite_category", "usual_channel", "usual_hour")
        ),
    ]

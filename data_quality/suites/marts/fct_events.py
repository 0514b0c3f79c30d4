"""One row per event."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from orchestration.contract import EVENT_CHANNELS


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_events."""
    gap = night.number("session_gap_minutes", 30) * 60
    return [
        rules.filled("select 1 from marts.fct_user_days where event_count > 0", "days with events"),
        rules.columns(PUBLIC["fct_events"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        *rules.happened(night, "occurred_at"),
        # Critical: dwell is never negative and never over the gap that ends a session.
        rules.between("dwell_seconds", 0, gap),
        rules.in_set("channel", EVENT_CHANNELS),
        # Warning: a source may have stopped without an error.
        rules.fresh(night, "occurred_at", 3),
        # Warning: misspelt, or not done by anyone yet.
        *(
            rules.no_rows(
                f"{name}, an event of {files}, is in the data",
                f"select 1 as offending where not exists (select 1 from {{batch}} where {_is(name)})",
                "warning",
            )
            for name, files in sorted(night.event_names.items())
        ),
    ]


def _is(name: str) -> str:
    text = name.replace("'", "''")
    return f"event_name = '{text}'"

"""One row per touch."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from orchestration.contract import TOUCH_ACTIONS


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_touches."""
    return [
        rules.rows(at_least=night.at_least("touches")),
        rules.columns(PUBLIC["fct_touches"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("action", TOUCH_ACTIONS),
        *rules.happened(night, "occurred_at"),
    ]

"""The public table rpt_experiment_history, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

RELATION = "marts.rpt_experiment_history"
PUBLISHED = PUBLIC["rpt_experiment_history"]


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_experiment_history in the candidate file; its rows are of many nights."""
    return [
        rules.filled("select 1 from marts.rpt_experiments", "reports of tonight"),
        rules.columns(PUBLISHED.columns, exact=False),
        rules.unique(*PUBLISHED.key),
        *rules.not_null(*PUBLISHED.key),
    ]

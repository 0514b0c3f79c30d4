"""The public table rpt_night_gates, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_night_gates"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_night_gates in the candidate file."""
    return [
        *published_table("rpt_night_gates", night),
        rules.never("no more failed than there are", "failed not between 0 and rules"),
        rules.never("no night to come", f"night > {night.as_of_sql}"),
    ]

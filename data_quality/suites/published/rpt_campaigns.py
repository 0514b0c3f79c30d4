"""The public table rpt_campaigns, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_campaigns"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_campaigns in the candidate file."""
    return published_table("rpt_campaigns", night, evidence=("select 1 from marts.fct_touches", "touches"))

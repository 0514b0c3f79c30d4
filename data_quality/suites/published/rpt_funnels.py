"""The public table rpt_funnels, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_funnels"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_funnels in the candidate file."""
    evidence = "select 1" if night.funnels else "select 1 where false"
    return published_table("rpt_funnels", night, evidence=(evidence, "funnels"))

"""The public table rpt_lifecycle_flows, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_lifecycle_flows"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_lifecycle_flows in the candidate file."""
    evidence = ("select 1 from marts.fct_lifecycle_spans", "life cycles")
    return published_table("rpt_lifecycle_flows", night, evidence=evidence)

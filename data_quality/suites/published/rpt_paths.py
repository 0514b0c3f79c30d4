"""The public table rpt_paths, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_paths"
EVIDENCE = "select 1 from marts.fct_events where is_view and page is not null"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_paths in the candidate file."""
    return published_table("rpt_paths", night, evidence=(EVIDENCE, "views of pages"))

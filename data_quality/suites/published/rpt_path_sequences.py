"""The public table rpt_path_sequences, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_path_sequences"
EVIDENCE = "select 1 from marts.rpt_paths where kind = 'transition'"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_path_sequences in the candidate file."""
    return published_table("rpt_path_sequences", night, evidence=(EVIDENCE, "transitions between pages"))

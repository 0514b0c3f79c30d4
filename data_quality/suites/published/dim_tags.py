"""The public table dim_tags, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.dim_tags"
EVIDENCE = "select 1 from marts.fct_user_tags"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.dim_tags in the candidate file."""
    return published_table("dim_tags", night, evidence=(EVIDENCE, "tags of people"))

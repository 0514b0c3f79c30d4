"""The public table fct_user_tags, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_user_tags"
EVIDENCE = "select 1 from marts.dim_tags where people > 0"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_tags in the candidate file."""
    return published_table("fct_user_tags", night, evidence=(EVIDENCE, "tags that people have"))

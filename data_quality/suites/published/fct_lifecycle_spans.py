"""The public table fct_lifecycle_spans, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_lifecycle_spans"
EVIDENCE = "select 1 from marts.dim_users where first_seen_at is not null"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_lifecycle_spans in the candidate file."""
    return published_table("fct_lifecycle_spans", night, evidence=(EVIDENCE, "people"))

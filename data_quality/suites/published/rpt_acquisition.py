"""The public table rpt_acquisition, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_acquisition"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_acquisition in the candidate file."""
    evidence = ("select 1 from marts.dim_users where registered_at is not null", "registered people")
    return published_table("rpt_acquisition", night, evidence=evidence)

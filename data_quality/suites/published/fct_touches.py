"""The public table fct_touches, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_touches"
EVIDENCE = "select 1 from marts.rpt_campaigns where touches > 0"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_touches in the candidate file."""
    return published_table("fct_touches", night, evidence=(EVIDENCE, "campaigns with touches"))

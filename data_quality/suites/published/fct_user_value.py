"""The public table fct_user_value, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_user_value"
EVIDENCE = "select 1 from marts.fct_orders where is_purchase and user_key is not null"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_value in the candidate file."""
    return published_table("fct_user_value", night, evidence=(EVIDENCE, "purchases"))

"""The public table rpt_coupons, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_coupons"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_coupons in the candidate file."""
    evidence = ("select 1 from marts.fct_orders where is_purchase", "purchases")
    return published_table("rpt_coupons", night, evidence=evidence)

"""The public table rpt_products, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_products"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_products in the candidate file."""
    evidence = ("select 1 from marts.fct_order_items", "order lines")
    return published_table("rpt_products", night, evidence=evidence)

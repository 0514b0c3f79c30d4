"""The public table fct_order_items, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.fct_order_items"
EVIDENCE = "select 1 from marts.fct_orders where line_count > 0"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_order_items in the candidate file."""
    return published_table("fct_order_items", night, evidence=(EVIDENCE, "orders with lines"), guests=True)

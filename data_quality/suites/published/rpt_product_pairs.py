"""The public table rpt_product_pairs, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table
from data_quality.suites.marts.rpt_product_pairs import evidence

RELATION = "marts.rpt_product_pairs"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_product_pairs in the candidate file."""
    found = (evidence(night), "best sellers bought together")
    return published_table("rpt_product_pairs", night, evidence=found)

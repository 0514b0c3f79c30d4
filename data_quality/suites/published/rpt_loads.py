"""The public table rpt_loads, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_loads"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_loads in the candidate file."""
    return [
        *published_table("rpt_loads", night),
        # Critical: the conservation law, as it is told to the public.
        rules.never(
            "physical is accepted, quarantined and duplicate",
            "physical is distinct from accepted + quarantined + duplicate",
        ),
    ]

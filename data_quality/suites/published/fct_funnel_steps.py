"""The public table fct_funnel_steps, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table
from data_quality.suites.intermediate.int_behaviour__funnel_steps import begun

RELATION = "marts.fct_funnel_steps"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_funnel_steps in the candidate file."""
    evidence = (begun(night, "marts.fct_events"), "events that begin a funnel")
    return published_table("fct_funnel_steps", night, evidence=evidence)

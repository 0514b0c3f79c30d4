"""The public table rpt_needs, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_needs"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_needs in the candidate file."""
    least = night.number("feedback.needs_min_people", 5)
    days = night.number("feedback.needs_days", 90)
    evidence = f"""
    select 1 from marts.fct_feedback
    where kind = 'complaint' and feedback_day > {night.as_of_sql} - {days:.0f}
    group by coalesce(topic, 'other') having count(distinct user_key) >= {least:.0f}
    """
    return published_table("rpt_needs", night, evidence=(evidence, "complaints of enough people"))

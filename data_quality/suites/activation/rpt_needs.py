"""One row per need."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of activation.rpt_needs."""
    least = night.number("feedback.needs_min_people", 5)
    days = night.number("feedback.needs_days", 90)
    evidence = f"""
    select 1 from activation.fct_feedback
    where kind = 'complaint' and feedback_day > {night.as_of_sql} - {days:.0f}
    group by coalesce(topic, 'other') having count(distinct user_key) >= {least:.0f}
    """
    return [
        rules.filled(evidence, "complaints of enough people"),
        rules.columns(PUBLIC["rpt_needs"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("basis", ["stated", "inferred"]),
        # Critical: what fewer people say may tell who they are.
        rules.between("people", least, None),
        rules.between("severity", 0, 1),
        rules.between("recency", 0, 1),
        rules.between("priority", 0, None),
        rules.no_rows(
            "ranks run from 1 without a gap",
            "select 1 as offending from {batch} having max(rank) <> count(*) or min(rank) <> 1",
        ),
        rules.no_addresses("about", "key_point"),
    ]

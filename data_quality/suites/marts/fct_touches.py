"""One row per touch."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from orchestration.contract import TOUCH_ACTIONS

LOST = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from staging.stg_touches)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_touches."""
    return [
        rules.filled("select 1 from staging.stg_touches", "touches"),
        rules.columns(PUBLIC["fct_touches"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("action", TOUCH_ACTIONS),
        *rules.happened(night, "occurred_at"),
        # Critical: a touch lost, or doubled by a join, is a wrong count in every campaign report.
        rules.no_rows("as many touches as were delivered", LOST),
    ]

"""One row per feedback, its score on a common scale."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from orchestration.contract import FEEDBACK_KINDS

COLUMNS = [
    "feedback_id",
    "user_key",
    "submitted_at",
    "feedback_day",
    "channel",
    "kind",
    "score",
    "score_max",
    "scale_max",
    "score_100",
    "text",
    "language",
    "subject_type",
    "subject_id",
    "responded_at",
    "resolved_at",
]
CHANGED = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from staging.stg_feedback)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_feedback__feedback."""
    return [
        rules.filled("select 1 from staging.stg_feedback", "staged feedback"),
        rules.columns(COLUMNS),
        rules.pseudonymous(optional=True),
        rules.in_set("kind", FEEDBACK_KINDS),
        rules.between("score_100", 0, 100),
        *rules.happened(night, "submitted_at"),
        rules.no_rows("as many as staging has", CHANGED),
    ]

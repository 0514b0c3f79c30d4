"""One row per feedback, with how its giver felt and how long it waited."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from orchestration.contract import FEEDBACK_KINDS

CHANGED = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from intermediate.int_feedback__feedback)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.fct_feedback."""
    return [
        rules.filled("select 1 from intermediate.int_feedback__feedback", "feedback"),
        rules.columns(PUBLIC["fct_feedback"].columns, exact=False),
        rules.pseudonymous(optional=True),
        rules.as_of(night),
        *rules.happened(night, "submitted_at"),
        rules.in_set("kind", FEEDBACK_KINDS),
        rules.in_set("sentiment_class", ["positive", "neutral", "negative", "unknown"]),
        rules.in_set("sentiment_basis", ["rating", "text", "lexicon", "none"]),
        rules.in_set("urgency", ["high", "medium", "low", "none"]),
        rules.between("score_100", 0, 100),
        rules.between("sentiment", -1, 1),
        rules.between("response_seconds", 0, None),
        rules.between("resolution_seconds", 0, None),
        # Critical: no remark is lost on its way, and none is counted twice.
        rules.no_rows("as many as were given", CHANGED),
        rules.never(
            "unknown exactly where nothing tells", "(sentiment is null) <> (sentiment_basis = 'none')"
        ),
        rules.no_addresses("subject_type", "subject_id"),
    ]

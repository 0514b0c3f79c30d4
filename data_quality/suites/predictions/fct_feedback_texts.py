"""One row per feedback with words that may be read."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from orchestration.contract import FEEDBACK_KINDS

COLUMNS = (
    "feedback_id",
    "user_key",
    "language",
    "sentiment",
    "sentiment_class",
    "topic",
    "kind",
    "method",
    "model_version",
    "as_of",
)
READABLE = """
select 1
from intermediate.int_feedback__feedback as feedback
left join intermediate.int_privacy__consents as consents
    on feedback.user_key = consents.user_key and consents.purpose = 'analytics'
where
    feedback.text <> ''
    and (feedback.user_key is null or consents.status = 'granted')
    and exists (
        select 1 from predictions.ml_model_version
        where model = 'feedback' and as_of = NIGHT and method <> 'none'
    )
"""
UNINVITED = """
select 1 as offending
from {batch} as texts
left join intermediate.int_privacy__consents as consents
    on texts.user_key = consents.user_key and consents.purpose = 'analytics'
where texts.user_key is not null and consents.status is distinct from 'granted'
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_feedback_texts."""
    readable = READABLE.replace("NIGHT", night.as_of_sql)
    return [
        rules.filled(readable, "words that may be read"),
        rules.columns(COLUMNS),
        rules.unique("feedback_id"),
        rules.pseudonymous(optional=True),
        rules.as_of(night),
        *rules.not_null("feedback_id", "method"),
        rules.between("sentiment", -1, 1),
        rules.in_set("sentiment_class", ["positive", "neutral", "negative"]),
        rules.in_set("kind", FEEDBACK_KINDS),
        # Critical: between .4 and .6 the model abstains, and says nothing good or bad.
        rules.never(
            "the class is that of the number",
            "sentiment_class is distinct from case when sentiment >= 0.2 then 'positive'"
            " when sentiment <= -0.2 then 'negative' when sentiment is not null then 'neutral' end",
        ),
        rules.no_rows(
            "everything that may be read",
            "select 1 as offending"
            f" where (select count(*) from {{batch}}) <> (select count(*) from ({readable}))",
        ),
        # Critical: nobody's words are read who refused analytics.
        rules.no_rows("nobody else's words", UNINVITED),
    ]

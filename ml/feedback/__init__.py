"""Feedback texts: how their writers felt, what they are about, what kind of remark they are.

``sentiment`` is 2p - 1, p being the probability that the words are those of a good rating; between .4 and .6
the model abstains and the class is neutral. It learns from the tenant's own rated texts and is published only
when it was right on later ones; otherwise ratings speak alone, and where nothing is rated a small starter
lexicon does and says so. A topic is told by the tenant's own words for it, or by a model where they are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Picture, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.
_READS = "int_feedback__feedback"


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.feedback.settings import FeedbackSettings

    return FeedbackSettings.of(settings).fitting()


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.feedback.settings import FeedbackSettings
    from ml.feedback.texts import select

    return select(frames[_READS], FeedbackSettings.of(settings))


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.feedback.settings import FeedbackSettings
    from ml.feedback.training import train

    return train(frames[_READS], FeedbackSettings.of(settings))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.feedback.scoring import score

    return score(trained, frames[_READS], as_of, SPEC.tables)


def _picture(counts: pd.DataFrame) -> str:
    from ml.feedback.picture import topics

    return topics(counts)


def _earlier(frames: Frames, day: date) -> Frames:
    from ml.feedback import lately

    return {_READS: lately.told(frames[_READS], day)}


def _lately(frames: Frames, said: pd.DataFrame) -> pd.DataFrame:
    from ml.feedback import lately

    return lately.said(frames[_READS], said)


SPEC = ModelSpec(
    name="feedback",
    purpose="analytics",
    needs=("intermediate.int_feedback__feedback",),
    tables={
        "fct_feedback_texts": {
            "feedback_id": "varchar",
            "user_key": "varchar",
            "language": "varchar",
            "sentiment": "double",
            "sentiment_class": "varchar",
            "topic": "varchar",
            "kind": "varchar",
            "method": "varchar",
            "model_version": "varchar",
            "as_of": "date",
        },
        "dim_feedback_topics": {
            "topic": "varchar",
            "ask": "varchar",
            "name_en": "varchar",
            "name_zh": "varchar",
            "key_point": "varchar",
            "as_of": "date",
        },
    },
    pictured={"fct_feedback_texts": Picture(_picture, per=("topic", "sentiment_class"))},
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=2,
    watched=Watched("fct_feedback_texts.sentiment", values=("topic",), rows=_lately, earlier=_earlier),
    trusted=(),
)

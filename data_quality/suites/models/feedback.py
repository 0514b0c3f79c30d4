"""The feedback text model of this night: tested on later texts, and good enough to speak."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"
SHARES = ("macro_f1", "rolling_macro_f1", "accuracy", "ece", "topic_macro_f1", "kind_macro_f1")


def expectations(night: Night) -> list[Any]:
    """The rules of the feedback text model."""
    return [
        # Critical, the row count: a night without a model, or with two, says nothing.
        rules.no_rows("the night has one feedback model", model_quality.one_version("feedback", night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold("feedback", night)),
        rules.never(
            "shares are shares",
            model_quality.outside("feedback", night, SHARES),
        ),
        # Critical: what words say is published only from this macro-F1, on as many later texts, ...
        rules.no_rows("macro-F1 at least .80", model_quality.worse("feedback", night, "macro_f1", 0.80)),
        rules.no_rows("on 300 later texts", model_quality.worse("feedback", night, "held_out_texts", 300)),
        # ... and from no model that a list of good and bad words beats.
        rules.no_rows("no worse than a lexicon", model_quality.outranked("feedback", night, "macro_f1")),
        # Warning: a sentiment further off than this says more, or less, than people meant.
        rules.never(
            "ECE at most 0.05",
            model_quality.above("feedback", night, "ece", model_quality.MOST_ECE),
            "warning",
        ),
        # Warning, drift: people began to say it in other words.
        rules.no_rows("F1 not .05 lower", model_quality.dropped("feedback", night, "macro_f1"), "warning"),
    ]

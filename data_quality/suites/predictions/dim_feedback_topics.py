"""One row per topic and ask."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ("topic", "ask", "name_en", "name_zh", "key_point", "as_of")


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.dim_feedback_topics."""
    return [
        rules.filled("select 1 from predictions.fct_feedback_texts where topic is not null", "topics told"),
        rules.columns(COLUMNS),
        rules.unique("topic", "ask"),
        rules.as_of(night),
        *rules.not_null("topic", "ask", "name_en", "name_zh"),
        rules.in_set("ask", ["complaint", "request"]),
        # Critical: words of few people may be a name or an address; these are never either.
        rules.no_addresses("key_point"),
    ]

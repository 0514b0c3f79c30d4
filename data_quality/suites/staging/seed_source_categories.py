"""The traffic sources that are a search engine, a social network, a video or a shopping site."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.seed_source_categories."""
    del night
    return [
        # Critical: without it every visit but the paid ones would count as a referral.
        rules.rows(at_least=1),
        rules.columns(["source", "category"]),
        # Critical: hosts are looked up in lower case, so no other spelling is ever found.
        rules.never("sources in lower case", "source is null or source <> lower(trim(source))"),
        *rules.not_null("category"),
        rules.in_set("category", ["search", "social", "video", "shopping"]),
    ]

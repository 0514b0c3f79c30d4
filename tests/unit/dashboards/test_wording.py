"""The pipeline's own words are said in the page's language; what a company's data say stays as it is."""

from __future__ import annotations

import pytest

from dashboards.wording import VALUES_ZH, told
from orchestration.contract import CONSENT_STATUSES, FEEDBACK_KINDS, PURPOSES


@pytest.mark.parametrize(
    ("column", "value", "language", "said"),
    [
        ("churn_band", "high", "zh", "高"),
        ("churn_band", "high", "en", "high"),
        # A page, a city or a tag may be called like a word of the pipeline.
        ("detail", "high", "zh", "high"),
        ("city", "none", "zh", "none"),
        ("status", "a word nobody knows", "zh", "a word nobody knows"),
        ("value_tier", None, "zh", None),
    ],
)
def test_a_word_is_said_where_it_is_the_pipelines(
    column: str, value: str | None, language: str, said: str | None
) -> None:
    assert told(column, value, language) == said


def test_every_purpose_and_kind_of_the_contract_has_a_word() -> None:
    assert set(PURPOSES) | set(CONSENT_STATUSES) | set(FEEDBACK_KINDS) <= VALUES_ZH.keys()

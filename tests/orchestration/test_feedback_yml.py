"""`feedback.yml` is understood whole or refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import tenant
from orchestration.tenant import TenantError

DELIVERY = "topics:\n  - {topic: delivery, name_en: Delivery, name_zh: 物流, words: [parcel, 快递]}\n"


def _written(folder: Path, text: str) -> list[dict[str, object]]:
    (folder / "feedback.yml").write_text(text, encoding="utf-8")
    return tenant.load(str(folder)).topics


def test_a_tenant_without_the_file_has_no_topics(folder: Path) -> None:
    assert tenant.load(str(folder)).topics == []


def test_topics_reach_the_model_as_written(folder: Path) -> None:
    assert _written(folder, DELIVERY) == [
        {
            "topic": "delivery",
            "name_en": "Delivery",
            "name_zh": "物流",
            "words": ["parcel", "快递"],
            "examples": [],
        }
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topic: []\n", r"line 1: topic: unknown key"),
        ("topics:\n  - {topic: Post Box, name_en: a, name_zh: b}\n", r"line 2: topics\.0\.topic"),
        ("topics:\n  - {topic: other, name_en: a, name_zh: b}\n", r"'other' is what belongs to none"),
        (DELIVERY + "  - {topic: delivery, name_en: a, name_zh: b}\n", r"a topic is named once"),
        ("topics:\n  - {topic: a, name_en: a, name_zh: b, words: ['']}\n", r"line 2: topics\.0\.words\.0"),
    ],
)
def test_what_cannot_be_obeyed_is_refused(folder: Path, text: str, said: str) -> None:
    with pytest.raises(TenantError, match=rf"feedback\.yml, .*{said}"):
        _written(folder, text)

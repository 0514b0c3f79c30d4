"""The pipeline's own words as a reader says them; what a company's data say stays as they say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from orchestration.environment import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "dashboards" / "vocabulary"
Text = dict[Literal["en", "zh"], str]
# What a company's data say comes by here too: without a bound it would all be kept.
KEPT_SENTENCES = 10_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pattern(_Strict):
    """Words with something in them, such as a number or a name.

    Attributes
    ----------
    of : str
        The regular expression of the whole.
    en, zh : str
        What is said, with `{0}` for the first group and so on; without English, what was written.
    parts : list of str
        The vocabularies the groups are said in, in their order; an empty one leaves a group as it is.
    """

    of: str
    en: str = ""
    zh: str
    parts: list[str] = []


class Between(_Strict):
    """What stands between several words of one vocabulary."""

    of: str
    en: str
    zh: str


class Vocabulary(_Strict):
    """Words, each in Chinese or in both languages, and patterns of them, the first that fits."""

    words: dict[str, str | Text] = {}
    patterns: list[Pattern] = []
    between: Between | None = None


@cache
def vocabularies(folder: Path = FOLDER) -> dict[str, Vocabulary]:
    """Every vocabulary by its name."""
    found: dict[str, Vocabulary] = {}
    for path in sorted(folder.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        found |= {name: Vocabulary.model_validate(words) for name, words in document.items()}
    return found


def learn(vocabulary: str, words: Mapping[str, Text]) -> None:
    """Know the words a company has for what its data say by id, besides those of the vocabulary."""
    known = vocabularies()[vocabulary]
    vocabularies()[vocabulary] = known.model_copy(update={"words": {**known.words, **words}})
    _said.cache_clear()


def said(vocabulary: str, value: Any, language: str) -> Any:
    """A value as it is called; what the vocabulary does not know, and what is no text, stays as it is."""
    if not isinstance(value, str):
        return value
    return _said(vocabulary, value, language)


@lru_cache(KEPT_SENTENCES)
def _said(vocabulary: str, text: str, language: str) -> str:
    known = vocabularies()[vocabulary]
    if text in known.words:
        word = known.words[text]
        return (word if language == "zh" else text) if isinstance(word, str) else word[language]  # type: ignore[index]
    if known.between and known.between.of in text:
        pieces = text.split(known.between.of)
        between = known.between.zh if language == "zh" else known.between.en
        return between.join(_said(vocabulary, piece, language) for piece in pieces)
    for pattern in known.patterns:
        if found := re.fullmatch(pattern.of, text, re.DOTALL):
            how = pattern.zh if language == "zh" else pattern.en
            return how.format(*_parts(pattern, found.groups(), language)) if how else text
    return text


def _parts(pattern: Pattern, groups: tuple[str | None, ...], language: str) -> list[str]:
    vocabularies_of = [*pattern.parts, *[""] * len(groups)]
    return [
        _said(vocabulary, group, language) if vocabulary and group else (group or "")
        for group, vocabulary in zip(groups, vocabularies_of, strict=False)
    ]

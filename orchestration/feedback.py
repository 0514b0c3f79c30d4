"""What people talk about, as a company names it (`feedback.yml`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from orchestration.rules import Name, Strict

Word = Annotated[str, Field(min_length=1, max_length=100)]


class Topic(Strict):
    """One topic, told by words, and where they are missing by what texts with them look like."""

    topic: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
    name_en: Name
    name_zh: Name
    words: list[Word] = Field(default_factory=list, description="any of them tells it")
    examples: list[Name] = Field(default_factory=list, description="texts that are about it")


class FeedbackRules(Strict):
    """The topics."""

    topics: list[Topic] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _each_once(self) -> FeedbackRules:
        names = [one.topic for one in self.topics]
        if len(set(names)) < len(names) or "other" in names:
            raise ValueError("a topic is named once, and 'other' is what belongs to none")
        return self

"""The rule that makes a person activated."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_serializer, model_validator

from orchestration.funnels import Texts, Where
from orchestration.rules import Strict


class Requirement(Strict):
    """Something a person must have done: one of some events, so often, on so many days."""

    event: Texts
    where: Where = Where()
    times: int = Field(1, ge=1, description="how often")
    on_days: int = Field(1, ge=1, description="on how many different days")

    @field_serializer("where")
    def _rendered(self, where: Where) -> dict[str, Any]:
        return where.model_dump(mode="json", by_alias=True, exclude_none=True)


class Activation(Strict):
    """The rule that makes a person activated."""

    events: list[str] = Field(default_factory=list, description="event names; empty = core actions")
    at_least: int = Field(1, ge=1, description="how many of them")
    all_of: list[Requirement] = Field(default_factory=list, description="instead: each of these")
    within_days: int = Field(7, ge=1, description="days after first seen")

    @model_validator(mode="after")
    def _one_rule(self) -> Activation:
        if self.all_of and (self.events or self.at_least != 1):
            raise ValueError("give either events and at_least, or all_of")
        return self

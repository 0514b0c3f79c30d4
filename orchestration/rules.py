"""The rules of a tenant's own: what may be done for whom (`actions.yml`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Channel = Literal["email", "sms", "push", "web", "app", "mini_program", "call", "offline"]
Purpose = Literal[
    "analytics",
    "personalisation",
    "marketing_email",
    "marketing_sms",
    "marketing_push",
    "profiling",
    "sharing",
]
State = Literal["registered", "new", "active", "resurrected", "dormant", "churned"]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Strict(BaseModel):
    """Unknown keys are refused: a misspelt rule must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Strict):
    """Whom a rule is for; what is left out matches everyone."""

    lifecycle_state: list[State] = Field(default_factory=list)
    churn_band: list[Literal["low", "medium", "high"]] = Field(default_factory=list)
    value_tier: list[Name] = Field(default_factory=list)
    segment: list[Name] = Field(default_factory=list)
    feedback: list[Literal["detractor", "unanswered_complaint"]] = Field(default_factory=list)
    is_converted: bool | None = None


class Action(Strict):
    """One row of the rule table.

    ``retain_uplift`` is the stated prior of how much the action raises the chance that the person
    stays (0 to 1); ``cost`` is in the base currency, per person.
    """

    action: Name
    name_en: Name
    name_zh: Name
    channel: Channel
    purpose: Purpose
    when: When = Field(default_factory=When)
    not_contacted_within_days: int | None = Field(default=None, ge=0, le=365)
    at_most_7_days: int | None = Field(default=None, ge=0, le=1000)
    at_most_30_days: int | None = Field(default=None, ge=0, le=1000)
    cost: float = Field(default=0, ge=0)
    retain_uplift: float = Field(default=0, ge=0, le=1)
    offer: str | None = Field(default=None, max_length=200)
    priority: int = Field(default=100, ge=0)


class ActionRules(Strict):
    """The rule table."""

    actions: list[Action] = Field(default_factory=list)

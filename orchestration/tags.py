"""What a tenant's `tags.yml` may say: eight kinds of tag, each typed; unknown keys are refused."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from orchestration.rules import Purpose, Strict

PROPERTIES = (
    "country", "region", "city", "gender", "language", "platform", "occupation", "membership_level",
    "acquisition_channel", "acquisition_campaign_id", "referrer", "lifecycle_state",
)  # fmt: skip
Property = Literal[
    "country", "region", "city", "gender", "language", "platform", "occupation", "membership_level",
    "acquisition_channel", "acquisition_campaign_id", "referrer", "lifecycle_state",
]  # fmt: skip
Measure = Literal["events", "core_events", "sessions", "active_days", "orders", "revenue"]
EventColumn = Literal[
    "channel", "platform", "device_type", "os", "app_version", "country", "region", "page", "referrer",
    "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "item_id", "item_category",
    "search_term",
]  # fmt: skip
OrderColumn = Literal["channel", "coupon_code", "payment_method", "status"]
Cadence = Literal["day", "week", "month"]


def _one_line(text: str) -> str:
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        raise ValueError("control characters and line breaks are not allowed")
    if not text.strip():
        raise ValueError("a text with something in it is expected")
    return text


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
TagName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,59}$")]
# Becomes part of a JSON path, so quotes and backslashes stay out.
Key = Annotated[str, Field(pattern=r"^\w[\w .-]{0,99}$")]
Days = Annotated[int, Field(ge=1, le=3660)]
Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
# A tag's value is a text, so a truth value means the word.
Scalar = Annotated[Text | Number, BeforeValidator(lambda v: str(v).lower() if isinstance(v, bool) else v)]


class Limits(Strict):
    """What a tag is held to; a breach warns or stops the night."""

    min_coverage: float | None = Field(None, ge=0, le=1)
    max_coverage: float | None = Field(None, ge=0, le=1)
    max_days_unchanged: int | None = Field(None, ge=1)
    max_churn: float | None = Field(None, ge=0, le=1)
    severity: Literal["warning", "critical"] = "warning"


class Tagged(Strict):
    """What every tag says of itself."""

    tag: TagName
    name_en: Text
    name_zh: Text
    owner: Text
    description: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_one_line)]
    validity_days: Days | None = None
    purpose: Purpose | Literal["none"] | None = None
    limits: Limits = Limits()


class Metric(Strict):
    """A base metric over a trailing window; without days, over all time."""

    measure: Measure
    events: list[Text] = Field(default_factory=list)
    days: Days | None = None

    @model_validator(mode="after")
    def _events_are_of_events(self) -> Metric:
        if self.events and self.measure not in ("events", "core_events"):
            raise ValueError("events: only the measures events and core_events count named events")
        return self


class PropertyTag(Tagged):
    kind: Literal["property"]
    property: Property


class MetricTag(Tagged):
    kind: Literal["metric"]
    metric: Metric


class FirstLastTag(Tagged):
    kind: Literal["first_last"]
    take: Literal["first", "last"]
    event_column: EventColumn | None = None
    event_property: Key | None = None
    order_column: OrderColumn | None = None
    events: list[Text] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_source(self) -> FirstLastTag:
        given = [v for v in (self.event_column, self.event_property, self.order_column) if v is not None]
        if len(given) != 1:
            raise ValueError("expected one of event_column, event_property and order_column")
        if self.events and self.order_column:
            raise ValueError("events: an order_column is not of events")
        return self


class PreferenceTag(Tagged):
    kind: Literal["preference"]
    of: Literal["item_category", "item_id", "channel", "platform", "page", "search_term"]
    source: Literal["events", "order_items"] = "events"
    events: list[Text] = Field(default_factory=list)
    days: Days | None = None
    min_count: int = Field(1, ge=1)
    min_share: float = Field(0, ge=0, le=1)

    @model_validator(mode="after")
    def _lines_have_items(self) -> PreferenceTag:
        if self.source == "order_items" and (self.of not in ("item_category", "item_id") or self.events):
            raise ValueError("source: order_items have an item_category and an item_id, and no events")
        return self


class BandTag(Tagged):
    kind: Literal["band"]
    metric: Metric
    edges: list[Number] | None = Field(None, min_length=1, max_length=20)
    quantiles: int | None = Field(None, ge=2, le=20)
    every: Cadence = "week"
    labels: list[Text] | None = None

    @model_validator(mode="after")
    def _labels_fit(self) -> BandTag:
        if (self.edges is None) == (self.quantiles is None):
            raise ValueError("expected edges or quantiles, and not both")
        if self.edges is not None and sorted(set(self.edges)) != self.edges:
            raise ValueError("edges: expected in rising order, each once")
        bands = self.quantiles or len(self.edges or []) + 1
        if self.labels is not None and len(self.labels) != bands:
            raise ValueError(f"labels: expected {bands}, lowest first, not {len(self.labels)}")
        return self


class RfmTag(Tagged):
    kind: Literal["rfm"]
    show: Literal["class", "class_zh", "scores"] = "class"
    every: Cadence = "week"


class Condition(Strict):
    """One comparison of one subject, or all, any or not of further conditions."""

    all: list[Condition] | None = Field(None, min_length=1)
    any: list[Condition] | None = Field(None, min_length=1)
    not_: Condition | None = Field(None, alias="not")
    tag: TagName | None = None
    property: Property | None = None
    metric: Metric | None = None
    equals: Scalar | None = None
    not_equals: Scalar | None = None
    in_: list[Scalar] | None = Field(None, alias="in", min_length=1)
    not_in: list[Scalar] | None = Field(None, min_length=1)
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    is_known: bool | None = None

    def operators(self) -> dict[str, Any]:
        names = ("equals", "not_equals", "in_", "not_in", *NUMBER_OPERATORS, "is_known")
        return {n.rstrip("_"): v for n in names if (v := getattr(self, n)) is not None}

    @model_validator(mode="after")
    def _one_thing(self) -> Condition:
        groups = [g for g in (self.all, self.any, self.not_) if g is not None]
        subjects = [s for s in (self.tag, self.property, self.metric) if s is not None]
        if len(groups) + len(subjects) != 1:
            raise ValueError("expected one of all, any, not, tag, property and metric")
        if len(self.operators()) != len(subjects):
            raise ValueError("expected one operator beside a tag, property or metric, none beside a group")
        if self.property and set(self.operators()) & set(NUMBER_OPERATORS):
            raise ValueError("a property is a text: expected equals, not_equals, in, not_in or is_known")
        return self


NUMBER_OPERATORS = ("at_least", "at_most", "more_than", "less_than")


class RuleTag(Tagged):
    kind: Literal["rule"]
    when: Condition
    value: Text = "yes"


class ImportedTag(Tagged):
    kind: Literal["imported"]
    key: Key
    feed: Text | None = None


Tag = Annotated[
    PropertyTag
    | MetricTag
    | FirstLastTag
    | PreferenceTag
    | BandTag
    | RfmTag
    | RuleTag
    | ImportedTag,
    Field(discriminator="kind"),
]  # fmt: skip


class TagRules(Strict):
    """The whole file: how far history goes back, and the tags."""

    history_days: int = Field(90, ge=31, le=730)
    tags: list[Tag] = Field(default_factory=list)

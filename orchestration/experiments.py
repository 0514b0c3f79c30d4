"""The metrics of a tenant's experiments (`experiments.yml`), how they are judged and by whom split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from orchestration.funnels import Fault, Where
from orchestration.rules import Name, Strict

Kind = Literal["proportion", "mean", "ratio", "retention", "revenue"]
Measure = Literal["events", "core_events", "event_value", "sessions", "orders", "revenue"]
OF_EVENTS = ("events", "core_events", "event_value")
# What a person is before the experiment; what the experiment may change would bias a segment.
SEGMENTS = (
    "country", "region", "city", "gender", "age_band", "language", "platform", "occupation",
    "acquisition_channel", "acquisition_campaign_id",
)  # fmt: skip
DEFAULT_MEASURE: dict[str, Measure] = {"retention": "core_events", "revenue": "revenue"}


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _segment(text: str) -> str:
    of, _, column = text.partition(".")
    if of != "user" or column not in SEGMENTS:
        raise ValueError(f"{text!r} is not user.<property>; known are {', '.join(SEGMENTS)}")
    return text


class Counted(Strict):
    """What of a person's doings is added up."""

    measure: Measure = "events"
    event: Annotated[list[Name], BeforeValidator(_texts)] = Field(default_factory=list)
    where: Where | None = None

    def rendered(self) -> dict[str, Any]:
        where = self.where.model_dump(mode="json", by_alias=True, exclude_none=True) if self.where else {}
        return {"measure": self.measure, "event": self.event, "where": where}


class Metric(Strict):
    """One metric.

    ``proportion``: who did it at all. ``mean``: how much per person. ``ratio``: two sums over each
    other. ``retention``: who came back in ``within_days`` from ``after_days`` on. ``revenue``: the
    mean amount, winsorised.
    """

    metric: str = Field(pattern="^[a-z][a-z0-9_]{0,59}$")
    kind: Kind
    name_en: Name
    name_zh: Name
    measure: Measure | None = None
    event: Annotated[list[Name], BeforeValidator(_texts)] = Field(default_factory=list)
    where: Where | None = None
    per: Counted | None = None
    within_days: int | None = Field(None, ge=1, le=365)
    after_days: int = Field(0, ge=0, le=365)
    winsorise: float | None = Field(None, gt=0.5, le=1)
    goal: Literal["increase", "decrease"] = "increase"
    guardrail: bool = False

    @property
    def counted(self) -> Counted:
        measure = self.measure or DEFAULT_MEASURE.get(self.kind, "events")
        return Counted(measure=measure, event=self.event, where=self.where)

    @property
    def cap_quantile(self) -> float:
        """The quantile of the non-zero values above which they are cut; 1 cuts nothing."""
        return self.winsorise if self.winsorise is not None else (0.99 if self.kind == "revenue" else 1.0)

    def faults(self) -> Iterator[Fault]:
        """What does not fit together, with the key that says it."""
        for place, counted in ((), self.counted), (("per",), self.per):
            if counted is None or counted.measure in OF_EVENTS:
                continue
            for key in ("event", "where"):
                if key in (self if not place else counted).model_fields_set:
                    said = f"only the measures {', '.join(OF_EVENTS)} have it, not {counted.measure}"
                    yield (*place, key), said
        if (self.kind == "ratio") != (self.per is not None):
            yield ("per",), "a ratio, and only a ratio, says what it is per, such as per: {measure: orders}"
        if self.kind == "retention" and self.within_days is None:
            yield ("within_days",), "retention needs the length of its window, such as 7"
        if self.after_days and self.within_days is None:
            yield ("after_days",), "a window that begins later needs its length, within_days"
        if self.winsorise is not None and self.kind not in ("mean", "revenue"):
            yield ("winsorise",), f"a {self.kind} has no long tail to cut; only mean and revenue do"

    def rendered(self) -> dict[str, Any]:
        """The metric as a dbt variable and as the models read it."""
        plain = self.model_dump(mode="json", exclude={"measure", "event", "where", "per", "winsorise"})
        return plain | {
            "of": self.counted.rendered(),
            "per": self.per.rendered() if self.per else None,
            "cap_quantile": self.cap_quantile,
        }


class ExperimentRules(Strict):
    """All that a tenant says of its experiments."""

    metrics: list[Metric] = Field(default_factory=list, max_length=40)
    controls: list[Name] = Field(
        default_factory=lambda: ["control", "holdout"], description="names a control variant may have"
    )
    segments: list[Annotated[str, AfterValidator(_segment)]] = Field(
        default_factory=list, description="breakdowns, marked exploratory"
    )
    alpha: float = Field(0.05, gt=0, le=0.2, description="two-sided error allowed")
    min_units: int = Field(100, ge=2, description="fewer people in a variant: wait")
    cuped_days: int = Field(14, ge=1, le=90, description="days before exposure that explain variance")
    tau: float = Field(0.01, gt=0, le=1, description="effect the always-valid test is tuned to")
    max_multiple_share: float = Field(0.01, ge=0, le=1, description="seen several variants: invalid above")
    srm_alpha: float = Field(0.001, gt=0, le=0.05, description="split unlike the intended: invalid below")

    def faults(self) -> Iterator[Fault]:
        """What is wrong between parts that are each right, with the path that says it."""
        names: set[str] = set()
        for number, metric in enumerate(self.metrics):
            path = ("metrics", number)
            if metric.metric in names:
                yield (*path, "metric"), f"{metric.metric!r} is the name of an earlier metric"
            names.add(metric.metric)
            for place, said in metric.faults():
                yield (*path, *place), said
        for number, text in enumerate(self.segments):
            if text in self.segments[:number]:
                yield ("segments", number), f"{text!r} is given twice"

    def rendered(self) -> dict[str, Any]:
        """The rules as a dbt variable and as the models read them."""
        plain = self.model_dump(mode="json", exclude={"metrics"})
        return plain | {"metrics": [metric.rendered() for metric in self.metrics]}

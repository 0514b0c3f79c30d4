"""The funnels of a tenant's own (`funnels.yml`): steps, window, order and breakdowns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, FiniteFloat, model_validator

from orchestration.rules import Name, Strict

Fault = tuple[tuple[str | int, ...], str]
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
USER_PROPERTIES = (
    "country", "region", "city", "gender", "age_band", "language", "platform", "occupation",
    "membership_level", "acquisition_channel", "acquisition_campaign_id", "lifecycle_state",
    "activity_level", "favourite_category", "usual_channel", "is_activated", "is_converted",
    "marketing_consent",
)  # fmt: skip
EVENT_PROPERTIES = (
    "event_name", "channel", "platform", "device_type", "os", "app_version", "country", "region",
    "page", "page_title", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_content",
    "utm_term", "item_id", "item_category", "search_term", "feed",
)  # fmt: skip


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _text_test(value: object) -> object:
    """`page: /cart` and `page: [/, /cart]` are short for `page: {in: [...]}`."""
    if isinstance(value, (str, list)):
        return {"in": value}
    if isinstance(value, (dict, TextTest)):
        return value
    raise ValueError(f"expected a text, a list of texts, or {', '.join(TextTest.tests())}; found {value!r}")


def _number_test(value: object) -> object:
    if isinstance(value, (dict, NumberTest)):
        return value
    raise ValueError(f"expected at_least or at_most, such as {{at_least: 100}}; found {value!r}")


def _window(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,4}[smhd]", text):
        raise ValueError(f"{text!r} is not a window such as 30m, 24h or 7d")
    return text


def _breakdown(text: str) -> str:
    of, _, column = text.partition(".")
    known = {"user": USER_PROPERTIES, "event": EVENT_PROPERTIES}.get(of)
    if known is None:
        raise ValueError(f"{text!r} is neither user.<property> nor event.<column>")
    if column not in known:
        raise ValueError(f"{text!r} is unknown; {of} has {', '.join(known)}")
    return text


Texts = Annotated[list[str], BeforeValidator(_texts), Field(min_length=1)]


class TextTest(Strict):
    """What a text must be; a missing text is in no list and begins with nothing."""

    in_: Texts | None = Field(None, alias="in")
    not_in: Texts | None = None
    starts_with: str | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _some_text_passes(self) -> TextTest:
        if self.in_ is None and self.not_in is None and self.starts_with is None:
            raise ValueError(f"expected {', '.join(self.tests())}")
        if self.excludes(self):
            raise ValueError("no text passes all of it")
        return self

    @classmethod
    def tests(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]

    def excludes(self, other: TextTest) -> bool:
        """Whether no text can pass both."""
        for one, two in ((self, other), (other, self)):
            if one.in_ is not None and not any(two.passes(text) for text in one.in_ if one.passes(text)):
                return True
        if self.starts_with is None or other.starts_with is None:
            return False
        short, long = sorted((self.starts_with, other.starts_with), key=len)
        return not long.startswith(short)

    def passes(self, text: str) -> bool:
        return (
            (self.in_ is None or text in self.in_)
            and (self.not_in is None or text not in self.not_in)
            and (self.starts_with is None or text.startswith(self.starts_with))
        )


class NumberTest(Strict):
    """Between which bounds a number must lie, both included; a missing number lies nowhere."""

    at_least: FiniteFloat | None = None
    at_most: FiniteFloat | None = None

    @model_validator(mode="after")
    def _some_number_passes(self) -> NumberTest:
        if self.at_least is None and self.at_most is None:
            raise ValueError("expected at_least, at_most or both")
        if self.excludes(self):
            raise ValueError(f"no number is at least {self.at_least:g} and at most {self.at_most:g}")
        return self

    def excludes(self, other: NumberTest) -> bool:
        """Whether no number can pass both."""
        lows = [test.at_least for test in (self, other) if test.at_least is not None]
        highs = [test.at_most for test in (self, other) if test.at_most is not None]
        return bool(lows and highs) and max(lows) > min(highs)


TextIs = Annotated[TextTest | None, BeforeValidator(_text_test)]
NumberIs = Annotated[NumberTest | None, BeforeValidator(_number_test)]


class Where(Strict):
    """Conditions on columns of the event; all of them must hold."""

    channel: TextIs = None
    platform: TextIs = None
    device_type: TextIs = None
    os: TextIs = None
    app_version: TextIs = None
    country: TextIs = None
    region: TextIs = None
    page: TextIs = None
    page_title: TextIs = None
    referrer: TextIs = None
    utm_source: TextIs = None
    utm_medium: TextIs = None
    utm_campaign: TextIs = None
    utm_content: TextIs = None
    utm_term: TextIs = None
    item_id: TextIs = None
    item_category: TextIs = None
    search_term: TextIs = None
    feed: TextIs = None
    value: NumberIs = None
    dwell_seconds: NumberIs = None
    is_core: bool | None = None
    is_view: bool | None = None
    is_conversion: bool | None = None

    def excludes(self, other: Where) -> bool:
        """Whether no event can meet both."""
        for name in self.model_fields_set & other.model_fields_set:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, bool):
                if mine is not theirs:
                    return True
            elif mine is not None and theirs is not None and mine.excludes(theirs):
                return True
        return False


class Step(Strict):
    """An event that takes a person one step further."""

    event: Annotated[list[Name], BeforeValidator(_texts), Field(min_length=1)]
    name: Name | None = Field(None, description="shown to people; empty = the event")
    name_zh: Name | None = Field(None, description="the same in Chinese; empty = the name")
    where: Where = Where()

    def excludes(self, other: Step) -> bool:
        """Whether no event can serve both."""
        return set(self.event).isdisjoint(other.event) or self.where.excludes(other.where)


class Funnel(Strict):
    """One funnel.

    ``ordered``: other events may come between. ``strict``: the person's very next events.
    ``any``: the steps in whatever order.
    """

    name: str = Field(pattern="^[a-z][a-z0-9_]{0,62}$")
    name_en: Name
    name_zh: Name
    steps: Annotated[list[Step], Field(min_length=2, max_length=12)]
    window: Annotated[str, AfterValidator(_window)] = "7d"
    order: Literal["ordered", "strict", "any"] = "ordered"
    breakdowns: list[Annotated[str, AfterValidator(_breakdown)]] = Field(default_factory=list)

    def rendered(self) -> dict[str, Any]:
        """The funnel as a dbt variable, with its window in seconds and every step named."""
        steps = []
        for step in self.steps:
            name = step.name or " / ".join(step.event)
            where = step.where.model_dump(mode="json", by_alias=True, exclude_none=True)
            steps.append({"event": step.event, "name": name, "name_zh": step.name_zh or name, "where": where})
        return {
            "name": self.name,
            "name_en": self.name_en,
            "name_zh": self.name_zh,
            "steps": steps,
            "window_seconds": int(self.window[:-1]) * UNIT_SECONDS[self.window[-1]],
            "order": self.order,
            "breakdowns": self.breakdowns,
        }


class FunnelRules(Strict):
    """All funnels of a tenant."""

    funnels: list[Funnel] = Field(default_factory=list)

    def faults(self) -> Iterator[Fault]:
        """What is wrong between parts that are each right, with the path that says it."""
        names: set[str] = set()
        for number, funnel in enumerate(self.funnels):
            path = ("funnels", number)
            if funnel.name in names:
                yield (*path, "name"), f"{funnel.name!r} is the name of an earlier funnel"
            names.add(funnel.name)
            for place, text in enumerate(funnel.breakdowns):
                if text in funnel.breakdowns[:place]:
                    yield (*path, "breakdowns", place), f"{text!r} is given twice"
            if funnel.order == "any":
                yield from self._shared_events(path, funnel)

    def _shared_events(self, path: tuple[str | int, ...], funnel: Funnel) -> Iterator[Fault]:
        """In any order an event must say by itself which step it is."""
        for (first, one), (second, two) in combinations(enumerate(funnel.steps), 2):
            if not one.excludes(two):
                said = (
                    f"an event may be step {first + 1} and step {second + 1}; where steps come in any"
                    " order, give them other events or conditions that exclude each other"
                )
                yield (*path, "steps", second), said

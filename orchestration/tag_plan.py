"""Tags in the order they can be computed, each with the parts it is made of, as dbt takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration.tags import (
    NUMBER_OPERATORS,
    BandTag,
    Condition,
    MetricTag,
    PreferenceTag,
    RfmTag,
    RuleTag,
    TagRules,
)

Path = tuple[str | int, ...]
PROFILING = (PreferenceTag, BandTag, RfmTag, RuleTag)
IDENTITY = {"tag", "name_en", "name_zh", "owner", "description", "validity_days", "purpose", "limits", "kind"}


class TagError(ValueError):
    """Two tags do not fit together; `path` is where in the file."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(problem)


def plan(rules: TagRules) -> list[dict[str, Any]]:
    """Every tag as plain data, those a rule looks at before the rule.

    A tag of kind property, metric, first_last, preference or imported is one part of its own name,
    a band and an rfm are made from such a part, a rule from several.

    Raises
    ------
    TagError
        A name is given twice, a rule looks at a tag that is not there, at itself, or at a text as if
        it were a number.
    """
    places: dict[str, int] = {}
    for place, tag in enumerate(rules.tags):
        if tag.tag in places:
            raise TagError(("tags", place, "tag"), f"{tag.tag!r} is given twice")
        places[tag.tag] = place
    done: dict[str, dict[str, Any]] = {}
    for place in range(len(rules.tags)):
        _resolve(rules, places, place, done, ())
    return list(done.values())


def _resolve(
    rules: TagRules,
    places: dict[str, int],
    place: int,
    done: dict[str, dict[str, Any]],
    above: tuple[str, ...],
) -> None:
    tag = rules.tags[place]
    if tag.tag in done:
        return
    if tag.tag in above:
        chain = " → ".join((*above[above.index(tag.tag) :], tag.tag))
        raise TagError(("tags", place, "when"), f"a rule that looks at itself: {chain}")
    needed: list[str] = []
    if isinstance(tag, RuleTag):
        for path, condition in _leaves(tag.when, ("tags", place, "when")):
            if condition.tag is not None:
                if condition.tag not in places:
                    known = ", ".join(sorted(places))
                    raise TagError((*path, "tag"), f"there is no tag {condition.tag!r}; known are {known}")
                _resolve(rules, places, places[condition.tag], done, (*above, tag.tag))
                needed.append(condition.tag)
            _check_type(rules, places, path, condition)
    own = tag.purpose or ("profiling" if isinstance(tag, PROFILING) else "none")
    purposes = {own, *(p for name in needed for p in done[name]["purposes"])} - {"none"}
    told = tag.model_dump(mode="json", include=IDENTITY - {"purpose"})
    done[tag.tag] = told | {"purposes": sorted(purposes)} | _made_of(tag)


def _leaves(condition: Condition, path: Path) -> Iterator[tuple[Path, Condition]]:
    for name, group in (("all", condition.all), ("any", condition.any)):
        for number, inner in enumerate(group or []):
            yield from _leaves(inner, (*path, name, number))
    if condition.not_ is not None:
        yield from _leaves(condition.not_, (*path, "not"))
    if condition.operators():
        yield path, condition


def _is_number(rules: TagRules, places: dict[str, int], condition: Condition) -> bool:
    if condition.tag is not None:
        return isinstance(rules.tags[places[condition.tag]], MetricTag)
    return condition.metric is not None


def _check_type(rules: TagRules, places: dict[str, int], path: Path, condition: Condition) -> None:
    ((operator, value),) = condition.operators().items()
    values = value if isinstance(value, list) else [value]
    if operator == "is_known":
        return
    if _is_number(rules, places, condition):
        if not all(isinstance(v, float) for v in values):
            raise TagError((*path, operator), "a metric is a number: expected a number")
    elif operator in NUMBER_OPERATORS:
        raise TagError((*path, operator), "only a metric can be compared as a number")
    elif not all(isinstance(v, str) for v in values):
        raise TagError((*path, operator), "a text is expected: put the number in quotes")


def _made_of(tag: Any) -> dict[str, Any]:
    """The tag's own definition and its parts."""
    definition = tag.model_dump(mode="json", exclude=IDENTITY)
    part = {"name": tag.tag, "kind": tag.kind, "validity_days": tag.validity_days}
    if tag.kind == "rule":
        parts: list[dict[str, Any]] = []
        condition = _compiled(tag, tag.when, parts)
        return {"value": tag.value, "condition": condition, "parts": parts}
    if tag.kind in ("metric", "band"):
        metric = definition.pop("metric")
        return definition | {"parts": [part | {"kind": "metric"} | metric]}
    return definition | {"parts": [part | definition]}


def _compiled(tag: RuleTag, condition: Condition, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The condition with every subject replaced by the number of its part."""
    for name, group in (("all", condition.all), ("any", condition.any)):
        if group is not None:
            return {name: [_compiled(tag, inner, parts) for inner in group]}
    if condition.not_ is not None:
        return {"not": _compiled(tag, condition.not_, parts)}
    part: dict[str, Any] = {"name": f"{tag.tag}.{len(parts) + 1}", "validity_days": tag.validity_days}
    if condition.tag is not None:
        part = {"kind": "tag", "name": condition.tag}
    elif condition.metric is not None:
        part |= {"kind": "metric"} | condition.metric.model_dump(mode="json")
    else:
        part |= {"kind": "property", "property": condition.property}
    parts.append(part)
    ((operator, value),) = condition.operators().items()
    return {"part": len(parts) - 1, "operator": operator, "value": value}

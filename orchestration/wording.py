"""What is wrong in a company's rules, in words of the rules and not of the library that found it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def of(first: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong in a file's own words, with the names that are known in its place."""
    kind, context = first["type"], first.get("ctx", {})
    if kind == "union_tag_invalid":
        return f"{context['tag']!r} is not known; one of {context['expected_tags']}"
    if kind == "missing":
        return "is needed here and not given"
    if kind != "extra_forbidden":
        return first["msg"].removeprefix("Value error, ")
    names = ", ".join(known(first, model))
    return f"unknown key; known here are {names}" if names else "unknown key"


def known(first: ErrorDetails, model: type[BaseModel]) -> list[str]:
    """The names that are known where an unknown key stands, sorted; none where any name may stand."""
    inner: object = model
    for part in first["loc"][:-1]:
        inner = inner.model_fields[part].annotation if _has(inner, part) else None
    return sorted(inner.model_fields) if _is_model(inner) else []


def _is_model(found: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _has(found: object, part: object) -> TypeGuard[Any]:
    return _is_model(found) and part in found.model_fields

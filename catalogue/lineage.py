"""What a table is made of, read from the models' own references."""

from __future__ import annotations

import re
from functools import cache

from orchestration.environment import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models"
REFERENCE = re.compile(r"(?:ref|source)\(\s*'(\w+)'(?:\s*,\s*'(\w+)')?\s*\)")


@cache
def parents() -> dict[str, tuple[str, ...]]:
    """Each model and the models and sources it selects from."""
    found = {}
    for path in MODELS.rglob("*.sql"):
        names = {second or first for first, second in REFERENCE.findall(path.read_text(encoding="utf-8"))}
        found[path.stem] = tuple(sorted(names - {path.stem}))
    return found


@cache
def children() -> dict[str, tuple[str, ...]]:
    """Each model or source and what is built on it."""
    found: dict[str, set[str]] = {}
    for name, above in parents().items():
        for parent in above:
            found.setdefault(parent, set()).add(name)
    return {name: tuple(sorted(names)) for name, names in found.items()}


def origins(name: str) -> list[str]:
    """Everything upstream of a table, nearest first."""
    seen: list[str] = []
    waiting = list(parents().get(name, ()))
    while waiting:
        one = waiting.pop(0)
        if one not in seen:
            seen.append(one)
            waiting += parents().get(one, ())
    return seen

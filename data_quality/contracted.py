"""Rules the contract itself implies, for every entity's raw and staging table."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from orchestration.contract import ENTITIES, LOAD_COLUMNS, Entity


def raw_table(name: str, night: Night) -> list[Any]:
    """A raw table: rows when it is fed, the contract's columns, and where each row came from."""
    entity = ENTITIES[name]
    required = [c.name for c in entity.columns if c.required]
    return [
        rules.rows(night.at_least(name)),
        rules.columns(entity.raw_columns),
        # Critical: the loader refuses rows without these, so a null here is a loader's mistake.
        *rules.not_null(*required),
        rules.never(
            "the loader says where each row came from",
            " or ".join(f"{column} is null" for column in LOAD_COLUMNS),
        ),
    ]


def staging_table(name: str, night: Night) -> list[Any]:
    """A staging table: the contract's columns, enumerations and times that can be true.

    Keys and their uniqueness are dbt's to test.
    """
    entity = ENTITIES[name]
    required = [c.name for c in entity.columns if c.required and c.name not in entity.key]
    return [
        rules.rows(night.at_least(name)),
        rules.columns(_staged(entity)),
        *rules.not_null(*required, "feed"),
        *(rules.in_set(c.name, c.enum) for c in entity.columns if c.enum),
        *rules.happened(night, *_moments(entity)),
        *(rules.between(c.name, c.minimum, None) for c in entity.columns if c.minimum is not None),
    ]


def _staged(entity: Entity) -> list[str]:
    own = [column.name for column in entity.columns]
    return [*own, entity.remainder, "feed", "corrected_fields"]


def _moments(entity: Entity) -> list[str]:
    """The time column a row is ordered by; a planned one may lie ahead."""
    if entity.occurred is None or entity.may_be_planned:
        return []
    return [entity.occurred]

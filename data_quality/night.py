"""What a suite may know of the night it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Night:
    """The night a suite is asked about.

    Parameters
    ----------
    as_of
        The business day whose end the build describes.
    as_of_end
        The naive UTC instant at which that day ends, exclusive.
    entities
        The contract entities this tenant feeds; a table fed by none of them may be empty.
    settings
        The tenant's settings by name, nested as in its ``settings.yml``.
    tags
        What its ``tags.yml`` says, tag by tag.
    funnels
        Its ``funnels.yml``, as the models are given it.
    experiments
        Its ``experiments.yml``, as the models are given it.
    limits
        The share of a file's records that may be refused, by feed, as the feeds say tonight.
    event_names
        The events its rules name, each with the files that name it.
    """

    as_of: date
    as_of_end: datetime
    entities: frozenset[str]
    settings: Mapping[str, object] = field(default_factory=dict)
    tags: Sequence[Mapping[str, object]] = ()
    funnels: Sequence[Mapping[str, Any]] = ()
    experiments: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    event_names: Mapping[str, str] = field(default_factory=dict)

    def at_least(self, *entities: str) -> int:
        """1 when any of the entities is fed, else 0: the row count a table must reach."""
        return int(not self.entities.isdisjoint(entities))

    def number(self, path: str, default: float) -> float:
        """A numeric setting by its dotted path, such as ``churn.horizon_days``.

        Raises
        ------
        TypeError
            The setting is there and not a number.
        """
        found: object = self.settings
        for part in path.split("."):
            if not isinstance(found, Mapping) or part not in found:
                return default
            found = found[part]
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise TypeError(f"setting {path} is not a number")
        return found

    @property
    def as_of_sql(self) -> str:
        """The as-of day as an SQL literal."""
        return f"date '{self.as_of.isoformat()}'"

    @property
    def as_of_end_sql(self) -> str:
        """The end of the as-of day as an SQL literal."""
        return f"timestamp '{self.as_of_end.isoformat(sep=' ')}'"

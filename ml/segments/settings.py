"""What may be set about segments, each with its default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class SegmentSettings:
    """Settings of the segments.

    Attributes
    ----------
    anchor
        The day whose snapshot is clustered; None means the newest given.
    fewest, most
        The range the number of segments is chosen from.
    min_people
        Below this everybody is one segment.
    min_share
        The smallest segment worth having.
    min_fidelity
        How many people the readable rule must place as the clustering does; below it the rule
        itself becomes the segments.
    bootstraps
        Resamples that judge stability.
    alike
        Stabilities that differ by no more count as the same.
    look_back_days
        How long before the anchor segments are taken to see whether they tell later spend.
    seed
        Seed of everything random.
    """

    anchor: date | None = None
    fewest: int = 4
    most: int = 6
    min_people: int = 100
    min_share: float = 0.03
    min_fidelity: float = 0.90
    bootstraps: int = 10
    alike: float = 0.02
    look_back_days: int = 28
    seed: int = 20_240_701

    def __post_init__(self) -> None:
        if not 2 <= self.fewest <= self.most <= 12:
            raise ValueError(f"segments: need 2 <= fewest <= most <= 12, got {self.fewest} and {self.most}")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> SegmentSettings:
        """From a mapping; keys that are not this model's own are somebody else's."""
        known = {one.name for one in fields(cls)}
        given = {key: value for key, value in settings.items() if key in known and value is not None}
        if isinstance(given.get("anchor"), str):
            given["anchor"] = date.fromisoformat(given["anchor"])
        return cls(**given)

    def fitting(self) -> dict[str, Any]:
        """What changes a fit, for the version; the anchor acts through the rows it selects."""
        return {key: value for key, value in asdict(self).items() if key != "anchor"}

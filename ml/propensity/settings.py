"""What may be set about propensity, each with its default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class PropensitySettings:
    """Settings of the propensity model.

    Attributes
    ----------
    horizon_days
        H: a purchase in (t, t+H] is what is forecast; the snapshots are H apart.
    anchor
        The day training looks back from; None means the newest snapshot given.
    min_rows, min_rarer
        Of a goal, fewer rows, or fewer of the rarer outcome, and nothing is learned.
    min_gain
        How far the out-of-time AUC must lie above the best rule's.
    folds
        Test days of the rolling origin.
    max_rows
        Training rows of a goal above this are thinned by person.
    seed
        Seed of everything random.
    """

    horizon_days: int = 30
    anchor: date | None = None
    min_rows: int = 200
    min_rarer: int = 20
    min_gain: float = 0.005
    folds: int = 2
    max_rows: int = 10_000
    seed: int = 20_240_701

    def __post_init__(self) -> None:
        if self.horizon_days < 1:
            raise ValueError(f"propensity: horizon_days must be at least 1, got {self.horizon_days}")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> PropensitySettings:
        """From a mapping; keys that are not this model's own are somebody else's."""
        known = {one.name for one in fields(cls)} - {"seed"}
        given = {key: value for key, value in settings.items() if key in known and value is not None}
        if isinstance(given.get("anchor"), str):
            given["anchor"] = date.fromisoformat(given["anchor"])
        return cls(**given)

    def fitting(self) -> dict[str, Any]:
        """What changes a fit, for the version; the anchor acts through the rows it selects."""
        return {key: value for key, value in asdict(self).items() if key != "anchor"}

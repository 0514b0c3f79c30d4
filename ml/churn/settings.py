"""What may be set about churn, each with its default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ChurnSettings:
    """Settings of the churn model.

    Attributes
    ----------
    horizon_days, lookback_days
        H and the eligible population; both are columns of the result.
    anchor
        The day training looks back from; None means the newest snapshot given.
    medium_from, high_from
        Probabilities at which the bands begin.
    min_rows, min_rarer
        Fewer rows, or fewer of the rarer class, and no model is fitted.
    min_gain
        How far the out-of-time AUC must lie above the best baseline's.
    folds
        Test days of the rolling origin.
    max_rows
        Training rows above this are thinned by person.
    seed
        Seed of everything random.
    """

    horizon_days: int = 30
    lookback_days: int = 90
    anchor: date | None = None
    medium_from: float = 0.3
    high_from: float = 0.6
    min_rows: int = 200
    min_rarer: int = 20
    min_gain: float = 0.005
    folds: int = 3
    max_rows: int = 40_000
    seed: int = 20_240_701

    def __post_init__(self) -> None:
        if not 0 < self.medium_from < self.high_from < 1:
            raise ValueError(
                "churn bands: need 0 < medium_from < high_from < 1,"
                f" got {self.medium_from} and {self.high_from}"
            )
        if self.horizon_days < 1 or self.lookback_days < 1:
            raise ValueError("churn: horizon_days and lookback_days must be at least 1")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> ChurnSettings:
        """From a mapping; keys that are not this model's own are somebody else's."""
        known = {one.name for one in fields(cls)}
        given = {key: value for key, value in settings.items() if key in known and value is not None}
        if isinstance(given.get("anchor"), str):
            given["anchor"] = date.fromisoformat(given["anchor"])
        return cls(**given)

    def fitting(self) -> dict[str, Any]:
        """What changes a fit, for the version; the anchor acts through the rows it selects."""
        return {key: value for key, value in asdict(self).items() if key != "anchor"}

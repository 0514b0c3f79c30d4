"""What may be set about value forecasts, each with its default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ValueSettings:
    """Settings of the value model.

    Attributes
    ----------
    clv_horizon_days
        The days ahead that are forecast, and that the forecast was tested on.
    anchor
        The day training looks back from; None means the newest purchase known.
    cuts
        Past days, one horizon apart, the trees learn from.
    folds
        Test days of the rolling origin.
    min_people
        Fewer buyers, and nothing is fitted.
    min_buyers
        Fewer who came again within the horizon, and no trees are grown.
    max_rms
        The root mean squared error may be this much of the rule's.
    max_rows
        Training rows above this are thinned by person.
    seed
        Seed of everything random.
    """

    clv_horizon_days: int = 90
    anchor: date | None = None
    cuts: int = 4
    folds: int = 2
    min_people: int = 100
    min_buyers: int = 50
    max_rms: float = 1.02
    max_rows: int = 40_000
    seed: int = 20_240_701

    def __post_init__(self) -> None:
        if self.clv_horizon_days < 1:
            raise ValueError(f"value: clv_horizon_days must be at least 1, got {self.clv_horizon_days}")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> ValueSettings:
        """From a mapping; keys that are not this model's own are somebody else's."""
        known = {one.name for one in fields(cls)}
        given = {key: value for key, value in settings.items() if key in known and value is not None}
        if isinstance(given.get("anchor"), str):
            given["anchor"] = date.fromisoformat(given["anchor"])
        return cls(**given)

    def fitting(self) -> dict[str, Any]:
        """What changes a fit, for the version; the anchor acts through the rows it selects."""
        return {key: value for key, value in asdict(self).items() if key != "anchor"}

"""What may be set about recommendations, each with its default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class RecommendationSettings:
    """Settings of the recommendations.

    Attributes
    ----------
    anchor
        The day training looks back from; None means the newest day given.
    items
        Items a person is recommended.
    per_category
        Most of them from one category.
    repeat_goods
        Whether what a person has may be recommended again, then what they take most goes first.
    regularisations
        Lambdas of EASE an earlier split chooses from, the usual one first.
    half_life_days
        After so long a repeated purchase counts half.
    max_items
        With more items than this, similarity of items stands for EASE.
    neighbours, similar
        Weights kept per item by EASE and by similarity.
    test_days
        Length of a test: the newest is at the end of the history, and the one before each chooses for it.
    folds
        Test days of the rolling origin, ``test_days`` apart; where history is short, as many as it has.
    max_rolled_items
        With more items than this two of them at most: each costs as much as all that is learned for tonight.
    max_tested
        People a test looks at.
    min_people
        Fewer people who took anything, or fewer to test on, and popularity is served.
    min_gain
        How many times popularity's NDCG the model must reach.
    seed
        Seed of who is tested where there are more.
    """

    anchor: date | None = None
    items: int = 10
    per_category: int = 3
    repeat_goods: bool = False
    regularisations: tuple[float, ...] = (400.0, 100.0)
    half_life_days: float = 90.0
    max_items: int = 8_000
    neighbours: int = 500
    similar: int = 100
    test_days: int = 30
    folds: int = 3
    max_rolled_items: int = 4_000
    max_tested: int = 5_000
    min_people: int = 50
    min_gain: float = 1.10
    seed: int = 20_240_701

    def __post_init__(self) -> None:
        if self.folds < 1 or self.test_days < 1:
            raise ValueError(
                f"recommendations: need folds and test_days >= 1, got {self.folds} and {self.test_days}"
            )
        if not 1 <= self.items <= 100 or self.per_category < 1:
            raise ValueError(
                "recommendations: need 1 <= items <= 100 and per_category >= 1,"
                f" got {self.items} and {self.per_category}"
            )

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> RecommendationSettings:
        """From a mapping; keys that are not this model's own are somebody else's."""
        known = {one.name for one in fields(cls)} - {"items", "per_category", "repeat_goods", "seed"}
        given = {key: value for key, value in settings.items() if key in known and value is not None}
        given |= settings.get("recommendations") or {}
        if isinstance(given.get("anchor"), str):
            given["anchor"] = date.fromisoformat(given["anchor"])
        return cls(**given)

    def fitting(self) -> dict[str, Any]:
        """What changes a fit, for the version; the anchor acts through the rows it selects."""
        return {key: value for key, value in asdict(self).items() if key != "anchor"}

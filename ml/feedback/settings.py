"""What may be set about feedback texts, each with its default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class FeedbackSettings:
    """Settings of the feedback text model.

    Attributes
    ----------
    topics
        What texts may be about, each with ``topic``, ``name_en``, ``name_zh``, ``words`` and ``examples``.
    anchor
        The last day of the feedback that is learnt from; None means all.
    min_held_out, min_f1
        Fewer later texts to be tested on, or a lower macro-F1 on them, and a model is not published.
    folds
        Test days of the rolling origin, each before a fifth of the rated texts: what history has, 4 at most.
    max_rows
        Of more texts the newest are learnt from.
    max_characters
        What is read of a text.
    key_people
        Words fewer people used are nobody else's to read.
    seed
        Seed of everything random.
    """

    topics: tuple[Mapping[str, Any], ...] = ()
    anchor: date | None = None
    min_held_out: int = 300
    min_f1: float = 0.80
    folds: int = 3
    max_rows: int = 60_000
    max_characters: int = 2_000
    key_people: int = 5
    seed: int = 20_240_701

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> FeedbackSettings:
        """From a mapping; keys that are not this model's own are somebody else's."""
        known = {one.name for one in fields(cls)}
        given = {key: value for key, value in settings.items() if key in known and value is not None}
        given["topics"] = tuple(given.get("topics", ()))
        if isinstance(given.get("anchor"), str):
            given["anchor"] = date.fromisoformat(given["anchor"])
        return cls(**given)

    def fitting(self) -> dict[str, Any]:
        """What changes a fit, for the version; the anchor acts through the rows it selects."""
        return {key: value for key, value in asdict(self).items() if key != "anchor"}

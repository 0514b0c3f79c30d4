"""One experiment as it was declared and as it was run: its variants, its control, its split."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.experiments.comparison import ratio_mismatch_p
from ml.experiments.verdict import Split

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Experiment:
    """What one experiment is.

    Attributes
    ----------
    facts
        Name, dates and primary metric, as declared.
    variants
        The declared ones in their order, else those seen.
    control
        The variant the others are compared with; empty without any.
    shares
        Intended share of each declared variant.
    people
        Of every variant seen, declared or not.
    """

    experiment_id: str
    facts: Mapping[str, Any]
    variants: tuple[str, ...]
    control: str
    shares: Mapping[str, float]
    people: Mapping[str, float]
    multiple: float
    outside: float

    @property
    def undeclared(self) -> float:
        return sum(n for variant, n in self.people.items() if variant not in self.shares)

    def split(self) -> Split:
        everybody = sum(self.people.values())
        return Split(
            is_declared=bool(self.facts["is_declared"]),
            has_control=len(self.shares) > 1,
            mismatch_p=ratio_mismatch_p(
                [self.people.get(variant, 0.0) for variant in self.shares], list(self.shares.values())
            ),
            multiple_share=self.multiple / everybody if everybody else 0.0,
            undeclared_share=self.undeclared / everybody if everybody else 0.0,
        )

    def is_over(self, window_days: int) -> bool:
        """Whether it has ended, and the last person's window too."""
        passed = self.facts["seconds_since_end"]
        return passed == passed and passed is not None and passed >= window_days * 86_400


def declared_shares(text: object) -> dict[str, float]:
    """Intended share of each variant; what is no positive number is no share."""
    try:
        said = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    return {
        str(variant): float(share)
        for variant, share in said.items()
        if isinstance(share, int | float) and not isinstance(share, bool) and 0 < share < float("inf")
    }


def experiments(arms: pd.DataFrame, controls: Sequence[str]) -> Iterator[Experiment]:
    """Every experiment of the arms' frame, in order of its id."""
    ordered = arms.sort_values(["experiment_id", "variant"], na_position="last")
    for experiment_id, rows in ordered.groupby("experiment_id", sort=True):
        facts = {str(name): value for name, value in rows.iloc[0].items()}
        shares = declared_shares(facts["declared_variants"])
        seen = rows[rows["variant"].notna()]
        people = dict(zip(seen["variant"].astype(str), seen["units"].astype(float), strict=True))
        variants = tuple(shares) or tuple(people)
        named = [control for control in controls if control in variants]
        yield Experiment(
            experiment_id=str(experiment_id),
            facts=facts,
            variants=variants,
            control=(named or list(variants) or [""])[0],
            shares=shares,
            people=people,
            multiple=float(rows["multiple_units"].sum()),
            outside=float(rows["outside_units"].sum()),
        )

"""Rolling origin: on each cut preferences of the days before it, against what was done in the days after."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from ml.frames import FloatArray
from ml.reach import preference
from ml.reach.preference import GLOBAL, OWN, SHRUNK

#: Occasions of the days after each cut, the newest first; those after the newest were never learned from.
TESTS = ("test_times", "test_times_2", "test_times_3")
_MIN_PEOPLE = 50


@dataclass(frozen=True)
class Tested:
    """What the cuts said.

    Attributes
    ----------
    results
        ``cut`` (1 the newest), ``candidate``, then the measures; empty when too few people were there before
        and after the newest.
    prior
        Occasions of everybody's beside a person's own that the days before the newest cut spoke for.
    likeliest
        Of the newest cut, by candidate, what :func:`ml.reach.preference.likeliest` tells.
    """

    results: pd.DataFrame
    prior: float = preference.PRIORS[-1]
    likeliest: dict[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict)


def run(rows: pd.DataFrame, choices: list[str]) -> Tested:
    """Every measure of preferences and of both rules on each cut, until one has too few people."""
    found: list[dict[str, object]] = []
    prior, told = preference.PRIORS[-1], {}
    known = rows["learn_times"]
    for cut, column in enumerate(TESTS, 1):
        # What an earlier cut is tested on lies in what later ones learn from, and is none of its own.
        known = known if cut == 1 else known - rows[column]
        learned = rows.assign(known=known)[known > 0]
        before = preference.counts(learned, "known", choices)
        after = preference.counts(rows, column, choices, pd.Index(before.people)).table
        asked = after.sum(axis=1) > 0
        if asked.sum() < _MIN_PEOPLE:
            break
        everyone = preference.shares(before.table)
        weight = preference.prior_of(before.table, everyone)
        foretold = {
            name: preference.probabilities(name, before.table[asked], everyone, weight)
            for name in (SHRUNK, GLOBAL, OWN)
        }
        for name, p in foretold.items():
            row = {"cut": cut, "candidate": name} | preference.measured(p, after[asked])
            found.append(row | {"tested_people": float(asked.sum())})
        if cut == 1:
            prior = weight
            told = {name: preference.likeliest(p, after[asked]) for name, p in foretold.items()}
    return Tested(pd.DataFrame(found), prior, told)

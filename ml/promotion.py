"""Champion and challenger: when a change of recipe is worth making.

A recipe is a candidate or a rule, with its calibration. The champion is the one that the outcomes
known when the newest test day began spoke for; the challenger, the one that all of them speak for.
Both were fitted to the same rows before that day and are judged on its people, each person with both
probabilities. Whichever wins is fitted to tonight's rows, so a decision needs no memory of nights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml import measures
from ml.frames import FloatArray

#: A challenger may rank this much worse, at worst: less than the next weeks will change either.
MARGIN = -0.005
#: Above this calibration error probabilities may not be multiplied by anything.
MOST_ECE = 0.05
_TIMES = 1_000
#: Resamples times people: of a million people, twenty resamples would do, and two hundred are made.
_MOST_DRAWS = 20_000_000
_CHUNK = 50


@dataclass(frozen=True)
class Contest:
    """A challenger against a champion on the same people.

    Attributes
    ----------
    gain, low, high
        AUC of the challenger less that of the champion, and its 95 % interval.
    ece, champion_ece
        Calibration errors.
    """

    challenger: str
    champion: str
    gain: float
    low: float
    high: float
    ece: float
    champion_ece: float

    @property
    def is_calibrated(self) -> bool:
        """Calibration holds: within the bound, or no worse than what it replaces."""
        return self.ece <= max(MOST_ECE, self.champion_ece)

    @property
    def is_won(self) -> bool:
        """Surely no worse than the margin; a gain whose interval reaches below that is none."""
        return self.low >= MARGIN and self.is_calibrated

    @property
    def told(self) -> str:
        """The decision and its figures, in a sentence."""
        figures = (
            f"AUC {self.gain:+.4f} ({self.low:+.4f} to {self.high:+.4f}) on the newest test day,"
            f" ECE {self.ece:.3f} against {self.champion_ece:.3f}"
        )
        if self.is_won:
            return f"{self.challenger} promoted over {self.champion}: {figures}"
        why = f"under {MARGIN}" if self.low < MARGIN else "calibration does not hold"
        return f"{self.champion} kept, {self.challenger} not promoted, {why}: {figures}"


def contest(
    truth: FloatArray, challenger: tuple[str, FloatArray], champion: tuple[str, FloatArray], seed: int
) -> Contest:
    """Judge two sets of probabilities of the same people, both outcomes being among them."""
    low, high = interval(truth, challenger[1], champion[1], seed)
    return Contest(
        challenger[0],
        champion[0],
        measures.auc(truth, challenger[1]) - measures.auc(truth, champion[1]),
        low,
        high,
        measures.ece(truth, challenger[1]),
        measures.ece(truth, champion[1]),
    )


def interval(truth: FloatArray, p: FloatArray, other: FloatArray, seed: int) -> tuple[float, float]:
    """95 % percentile interval of AUC(p) - AUC(other) when people, not scores, are drawn again.

    Resamples without both outcomes tell nothing and are left out.

    References
    ----------
    Efron, Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    random = np.random.default_rng(seed)
    people = len(truth)
    times = int(np.clip(_MOST_DRAWS // max(people, 1), 200, _TIMES))
    gains = []
    for start in range(0, times, _CHUNK):
        count = min(_CHUNK, times - start)
        drawn = random.multinomial(people, np.full(people, 1 / people), size=count).astype("float64")
        gains.append(_aucs(truth, p, drawn) - _aucs(truth, other, drawn))
    known = np.concatenate(gains)
    known = known[np.isfinite(known)]
    if len(known) == 0:
        return float("-inf"), float("inf")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def _aucs(truth: FloatArray, p: FloatArray, drawn: FloatArray) -> FloatArray:
    """AUC of every resample, one per line of how often each person was drawn; ties count half."""
    order = np.argsort(p, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(p[order]) > 0))
    positive, negative = (
        np.add.reduceat((drawn * of_class)[:, order], starts, axis=1) for of_class in (truth, 1 - truth)
    )
    below = np.cumsum(negative, axis=1) - negative / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs = positive.sum(axis=1) * negative.sum(axis=1)
        return np.asarray((positive * below).sum(axis=1) / pairs)

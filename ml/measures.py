"""How good probabilities are: ranking, distance, honesty, and use."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from ml.frames import FloatArray

#: Measures where less is better.
ERRORS = frozenset({"brier", "ece", "log_loss"})


def auc(truth: FloatArray, p: FloatArray) -> float:
    """Chance that a positive ranks above a negative, ties counting half; NaN with one class."""
    positives = float(truth.sum())
    negatives = len(truth) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    ranks = rankdata(p)
    return float((ranks[truth > 0].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def auc_gain(truth: FloatArray, p: FloatArray, other: FloatArray) -> tuple[float, float]:
    """By how much ``p`` ranks better than ``other`` on the same people, and that gain's variance.

    References
    ----------
    DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44(3): variance of correlated AUCs.
    """
    positive = truth > 0
    m, n = int(positive.sum()), int((~positive).sum())
    if m < 2 or n < 2:
        return float("nan"), float("nan")

    def placements(score: FloatArray) -> tuple[FloatArray, FloatArray]:
        ranks = rankdata(score)
        above = (ranks[positive] - rankdata(score[positive])) / n
        below = 1 - (ranks[~positive] - rankdata(score[~positive])) / m
        return above, below

    (ours, ours_below), (theirs, theirs_below) = placements(p), placements(other)
    above, below = ours - theirs, ours_below - theirs_below
    return float(above.mean()), float(above.var(ddof=1) / m + below.var(ddof=1) / n)


def brier(truth: FloatArray, p: FloatArray) -> float:
    """Mean squared distance of the probability from what happened."""
    return float(np.mean((p - truth) ** 2))


def log_loss(truth: FloatArray, p: FloatArray) -> float:
    """Mean negative log-likelihood."""
    kept = np.clip(p, 1e-7, 1 - 1e-7)
    return float(-np.mean(truth * np.log(kept) + (1 - truth) * np.log1p(-kept)))


def ece(truth: FloatArray, p: FloatArray, bins: int = 10) -> float:
    """Expected calibration error over ``bins`` groups of equal size, people weighing equally."""
    order = np.argsort(p, kind="stable")
    gaps = 0.0
    for part in np.array_split(order, min(bins, len(order))):
        gaps += abs(float(p[part].sum() - truth[part].sum()))
    return gaps / len(truth)


def average_precision(truth: FloatArray, p: FloatArray) -> float:
    """Area under precision and recall of the positives, equal scores forming one step."""
    positives = float(truth.sum())
    if positives == 0:
        return float("nan")
    order = np.argsort(-p, kind="stable")
    scores, hits = p[order], np.cumsum(truth[order])
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    found = hits[ends]
    precision = found / (ends + 1)
    return float(np.sum(np.diff(found, prepend=0.0) * precision) / positives)


def lift(truth: FloatArray, p: FloatArray, share: float = 0.1) -> float:
    """Positives in the top ``share`` over what chance would put there; ties at the edge share."""
    rate = float(truth.mean())
    if rate == 0:
        return float("nan")
    top = max(1, round(share * len(truth)))
    edge = np.partition(p, len(p) - top)[len(p) - top]
    above, at = p > edge, p == edge
    found = truth[above].sum() + truth[at].mean() * (top - above.sum())
    return float(found / top / rate)


def lift_limit(truth: FloatArray, share: float = 0.1) -> float:
    """The largest lift any ranking could reach."""
    rate = float(truth.mean())
    top = max(1, round(share * len(truth)))
    return float("nan") if rate == 0 else min(1.0, truth.sum() / top) / rate


def all_of(truth: FloatArray, p: FloatArray) -> dict[str, float]:
    """Every measure of one set of probabilities.

    ``pr_auc_rarer`` looks at whichever class is rarer: the kept where most people leave.
    """
    rarer_is_positive = truth.mean() <= 0.5
    rare, p_rare = (truth, p) if rarer_is_positive else (1 - truth, 1 - p)
    return {
        "auc": auc(truth, p),
        "brier": brier(truth, p),
        "ece": ece(truth, p),
        "log_loss": log_loss(truth, p),
        "pr_auc_rarer": average_precision(rare, p_rare),
        "lift_10": lift(truth, p),
        "lift_10_limit": lift_limit(truth),
    }

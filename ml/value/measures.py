"""How good forecasts of spend are: ranking, distance, and whether they add up."""

from __future__ import annotations

import numpy as np

from ml.frames import FloatArray


def gini(spent: FloatArray, forecast: FloatArray) -> float:
    """Gini of what was spent in the order forecast, over that of the perfect order; ties share."""
    perfect = _gini(spent, spent)
    return float("nan") if not perfect > 0 else _gini(spent, forecast) / perfect


def _gini(spent: FloatArray, by: FloatArray) -> float:
    order = np.argsort(-by, kind="stable")
    total = float(spent.sum())
    if len(spent) == 0 or total <= 0:
        return float("nan")
    scores, worth = by[order], spent[order]
    starts = np.flatnonzero(np.append(True, np.diff(scores) != 0))
    sizes = np.diff(np.append(starts, len(scores)))
    shared = np.repeat(np.add.reduceat(worth, starts) / sizes, sizes)
    found = np.cumsum(shared) / total
    return float((found.sum() - (len(spent) + 1) / 2) / len(spent))


def correlation(truth: FloatArray, forecast: FloatArray) -> float:
    """Pearson's; NaN where either does not vary."""
    if len(truth) < 2 or truth.std() == 0 or forecast.std() == 0:
        return float("nan")
    return float(np.corrcoef(truth, forecast)[0, 1])


def all_of(spent: FloatArray, forecast: FloatArray) -> dict[str, float]:
    """Every measure of one set of forecasts; ``bias`` is the forecast total over the real one, less 1."""
    total = float(spent.sum())
    return {
        "gini": gini(spent, forecast),
        "rmse": float(np.sqrt(np.mean((forecast - spent) ** 2))),
        "mae": float(np.mean(np.abs(forecast - spent))),
        "bias": float("nan") if total <= 0 else float(forecast.sum()) / total - 1.0,
        "correlation": correlation(spent, forecast),
    }

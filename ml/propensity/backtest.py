"""Rolling origin: every test day is later than the horizons it learned from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml import measures
from ml.churn.backtest import Tested, lottery
from ml.churn.features import matrix
from ml.frames import FloatArray
from ml.propensity import components
from ml.propensity.settings import PropensitySettings
from ml.spec import Payload


def run(goal: str, labelled: pd.DataFrame, settings: PropensitySettings) -> Tested:
    """Every measure of every candidate and rule on each test day, with the AUC gain on each rule."""
    dates = sorted(labelled["as_of"].unique())
    window = pd.Timedelta(days=settings.horizon_days)
    found: list[dict[str, object]] = []
    newest: tuple[FloatArray, dict[str, FloatArray]] = np.zeros(0), {}
    for test_day in reversed(dates[1:]):
        outcomes = labelled.loc[labelled["as_of"] + window <= test_day, "has_bought"]
        test = labelled[labelled["as_of"] == test_day]
        if not enough(outcomes, settings) or test["has_bought"].nunique() < 2:
            continue
        x, truth = matrix(test), test["has_bought"].to_numpy(dtype="float64")
        # On the test day its features are known, so the rule without labels may be fitted to them.
        fitted = fit(goal, labelled, test, settings, test_day - window)
        told = components.probabilities(goal, fitted, x)
        newest = newest if found else (truth, told)
        for name, p in told.items():
            row = {"test_day": test_day, "candidate": name} | measures.all_of(truth, p)
            for rule in (one for one in told if one in components.RULES and name not in components.RULES):
                gain, variance = measures.auc_gain(truth, p, told[rule])
                row |= {f"gain_{rule}": gain, f"variance_{rule}": variance}
            found.append(row)
        if len({row["test_day"] for row in found}) == settings.folds:
            break
    return Tested(pd.DataFrame(found), *newest)


def fit(
    goal: str,
    labelled: pd.DataFrame,
    newest: pd.DataFrame,
    settings: PropensitySettings,
    last: pd.Timestamp | None = None,
) -> Payload:
    """All components of a goal, on at most ``max_rows`` rows of whole people, of days up to ``last``."""
    at = np.arange(len(labelled)) if last is None else np.flatnonzero(labelled["as_of"] <= last)
    kept = labelled.iloc[at[lottery(labelled["user_key"].iloc[at], settings.max_rows, settings.seed)]]
    rows = kept if enough(kept["has_bought"], settings) else labelled.iloc[at]
    y = rows["has_bought"].to_numpy(dtype="float64")
    return components.fit(goal, matrix(rows), y, matrix(newest), settings.horizon_days, settings.seed)


def enough(outcomes: pd.Series, settings: PropensitySettings) -> bool:
    """Whether there are rows, and of the rarer outcome, to learn from."""
    bought = outcomes.sum()
    rarer = min(bought, len(outcomes) - bought)
    return len(outcomes) >= settings.min_rows and rarer >= settings.min_rarer

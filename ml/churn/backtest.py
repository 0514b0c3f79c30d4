"""Rolling origin: every test day is later than its training days, and no label windows overlap."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml import measures
from ml.churn import calibration, components
from ml.churn.features import matrix
from ml.churn.settings import ChurnSettings
from ml.frames import FloatArray
from ml.threads import side_by_side


@dataclass(frozen=True)
class Fold:
    """One test day and the days that may be learned from before it."""

    test: pd.Timestamp
    train: tuple[pd.Timestamp, ...]


def folds(labelled: pd.DataFrame, settings: ChurnSettings) -> list[Fold]:
    """The newest test days, oldest first.

    A day may be learned from when its label window has ended by the test day, which is also
    what somebody living on that day would have known.
    """
    dates = sorted(labelled["as_of"].unique())
    window = pd.Timedelta(days=settings.horizon_days)
    found = [Fold(test, tuple(one for one in dates if one + window <= test)) for test in dates[1:]]
    usable = [fold for fold in found if fold.train and enough(labelled, fold.train, settings)]
    return [
        fold for fold in usable if labelled.loc[labelled["as_of"] == fold.test, "is_churned"].nunique() == 2
    ][-settings.folds :]


def enough(labelled: pd.DataFrame, dates: tuple[pd.Timestamp, ...], settings: ChurnSettings) -> bool:
    """Whether those days hold enough rows, and enough of the rarer class, to learn from."""
    outcome = labelled.loc[labelled["as_of"].isin(dates), "is_churned"]
    rarer = min(outcome.sum(), len(outcome) - outcome.sum())
    return len(outcome) >= settings.min_rows and rarer >= settings.min_rarer


@dataclass(frozen=True)
class Fit:
    """Fitted components with the calibration of each candidate."""

    fitted: dict[str, object]
    calibrations: dict[str, FloatArray | None]

    def probabilities(self, x: FloatArray) -> dict[str, FloatArray]:
        """Every candidate, plain and ``+sigmoid``, and every baseline."""
        parts = components.logits(self.fitted, x)
        found = {}
        for name in components.CANDIDATES:
            names = components.parts_of(name, self.fitted)
            if not set(components.CANDIDATES[name]) & {"logistic", "boosting"} & set(names):
                continue
            found[name] = components.blend([parts[one] for one in names], None)
            if self.calibrations.get(name) is not None:
                found[f"{name}+sigmoid"] = components.blend(
                    [parts[one] for one in names], self.calibrations[name]
                )
        for name in components.BASELINES:
            if name in parts:
                found[f"rule:{name}"] = components.blend([parts[name]], None)
        return found


def fit(
    labelled: pd.DataFrame,
    newest: FloatArray,
    settings: ChurnSettings,
    dates: tuple[pd.Timestamp, ...] | None = None,
) -> Fit:
    """Fit all components and calibrations on labelled rows, of these days only where some are named."""
    rows = thinned(labelled, settings, dates)
    x, y = matrix(rows), rows["is_churned"].to_numpy(dtype="float64")
    people = codes(rows)
    fitted = components.fit(x, y, newest, float(settings.horizon_days), settings.seed)
    calibrations: dict[str, FloatArray | None] = {}
    if "logistic" in fitted:
        parts, truth = calibration.unseen(x, y, people, fitted, settings.seed)
        calibrations = {
            name: calibration.sigmoid(parts, truth, name, fitted) for name in components.CANDIDATES
        }
    return Fit(fitted, calibrations)


@dataclass(frozen=True)
class Tested:
    """What the test days said.

    Attributes
    ----------
    results
        ``test_day``, ``candidate``, then the measures; for candidates also ``gain_<rule>`` and
        ``variance_<rule>``, the AUC gain on each rule.
    truth, forecasts
        The newest test day: what happened, and the probabilities of every candidate and baseline.
    """

    results: pd.DataFrame
    truth: FloatArray = field(default_factory=lambda: np.zeros(0))
    forecasts: dict[str, FloatArray] = field(default_factory=dict)


def run(labelled: pd.DataFrame, settings: ChurnSettings) -> Tested:
    """Every measure of every candidate and baseline on every test day."""

    def one(fold: Fold) -> Tested:
        return _measured(labelled, fold, settings)

    days = side_by_side(one, folds(labelled, settings))
    if not days:
        return Tested(pd.DataFrame())
    results = pd.concat([day.results for day in days], ignore_index=True)
    return Tested(results, days[-1].truth, days[-1].forecasts)


def _measured(labelled: pd.DataFrame, fold: Fold, settings: ChurnSettings) -> Tested:
    """Every candidate and baseline on one test day."""
    test = labelled[labelled["as_of"] == fold.test]
    truth = test["is_churned"].to_numpy(dtype="float64")
    x = matrix(test)
    # On the test day its features are known, so the label-free rule may be fitted to them.
    found = fit(labelled, x, settings, fold.train).probabilities(x)
    results = []
    for name, p in found.items():
        row = {"test_day": fold.test, "candidate": name} | measures.all_of(truth, p)
        for rule in (one for one in found if is_rule(one) and not is_rule(name)):
            gain, variance = measures.auc_gain(truth, p, found[rule])
            row |= {f"gain_{rule}": gain, f"variance_{rule}": variance}
        results.append(row)
    return Tested(pd.DataFrame(results), truth, found)


def is_rule(name: str) -> bool:
    """Whether a name in the results is a baseline's."""
    return name.startswith("rule:")


def thinned(
    labelled: pd.DataFrame, settings: ChurnSettings, dates: tuple[pd.Timestamp, ...] | None = None
) -> pd.DataFrame:
    """At most ``max_rows`` rows, by leaving whole people out; all of them if that loses a class."""
    at = np.arange(len(labelled)) if dates is None else np.flatnonzero(labelled["as_of"].isin(dates))
    kept = labelled.iloc[at[lottery(labelled["user_key"].iloc[at], settings.max_rows, settings.seed)]]
    return kept if enough(kept, tuple(kept["as_of"].unique()), settings) else labelled.iloc[at]


def lottery(keys: pd.Series, most: int, seed: int) -> npt.NDArray[np.int64]:
    """Places of at most so many rows: all those of people drawn by lot."""
    if len(keys) <= most:
        return np.arange(len(keys))
    people = pd.factorize(keys, sort=True)[0]
    order = np.random.default_rng(seed).permutation(int(people.max()) + 1)[people]
    return np.flatnonzero(order < np.sort(order)[most])


def codes(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """People as numbers in the order of their keys, whatever the order of the rows."""
    return pd.factorize(rows["user_key"], sort=True)[0].astype(np.int64)

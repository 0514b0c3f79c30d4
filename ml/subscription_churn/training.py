"""Backtest, choose, fit on everything: the model, or the rule that was not beaten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ml import curves, measures
from ml.churn import backtest, choice
from ml.churn.settings import ChurnSettings
from ml.frames import FloatArray
from ml.spec import Payload, Trained
from ml.subscription_churn import candidates
from ml.subscription_churn.reasons import weights
from ml.subscription_churn.rows import COLUMNS, matrix
from ml.threads import one_thread

_BACKGROUND = 20


def train(rows: pd.DataFrame, settings: ChurnSettings, grace_days: int) -> Trained:
    """Fit what the backtest chose; never raises because of the data."""
    with one_thread():
        return _train(rows, settings, grace_days)


def _train(rows: pd.DataFrame, settings: ChurnSettings, grace_days: int) -> Trained:
    labelled = rows[rows["is_churned"].notna()]
    card: dict[str, Any] = {
        "target": f"every subscription ended in the {settings.horizon_days} days after as_of, and none began"
        f" within {grace_days} days of that",
        "population": "whoever has a subscription that runs on as_of",
        "training_rows": len(labelled),
        "training_people": int(labelled["user_key"].nunique()),
        "churn_rate": None if labelled.empty else round(float(labelled["is_churned"].mean()), 6),
        "bands": {"medium_from": settings.medium_from, "high_from": settings.high_from},
        "seed": settings.seed,
    }
    if labelled.empty:
        return _none(card, "nobody had a subscription whose horizon has passed")
    if not backtest.enough(labelled, tuple(labelled["as_of"].unique()), settings):
        left = int(labelled["is_churned"].sum())
        reason = (
            f"{len(labelled)} labelled rows, {left} of them of somebody who left, are too few to learn from"
        )
        return _untested(labelled, settings, card, reason)
    # An outcome is known when the grace days are over too.
    waits = replace(settings, horizon_days=settings.horizon_days + grace_days)
    tested = _backtest(labelled, waits)
    if tested.results.empty:
        return _untested(labelled, settings, card, "no later day to test on yet")
    decision = choice.decide(tested, settings)
    card |= decision.card()
    if decision.reason:
        card["reason"] = decision.reason
    rounded = choice.means_of(tested.results).reset_index().round(6)
    card["backtest"] = rounded.astype(object).where(rounded.notna(), None).to_dict("records")
    model = _payload(candidates.kept(_fit(labelled, settings), decision.chosen), labelled, settings)
    model["candidate"] = decision.chosen
    rival = choice.best_rule(tested.results)
    plots = curves.tested(tested.truth, tested.forecasts, decision.chosen, rival, "churn")
    if model["fitted"]:
        plots.append(curves.bars("What it rests on", weights(model, labelled)))
    card["plots"] = plots
    metrics = choice.metrics(tested.results, decision)
    return Trained("subscription_churn", model, decision.chosen, metrics, card)


def _fit(rows: pd.DataFrame, settings: ChurnSettings) -> Payload:
    thin = backtest.thinned(rows, settings)
    outcome = thin["is_churned"].to_numpy(dtype="float64")
    return candidates.fit(matrix(thin), outcome, backtest.codes(thin), settings.seed)


def _backtest(labelled: pd.DataFrame, settings: ChurnSettings) -> backtest.Tested:
    """Every candidate and rule on each test day, learned from days whose outcome was known on it."""
    found: list[dict[str, object]] = []
    truth: FloatArray = np.zeros(0)
    told: dict[str, FloatArray] = {}
    for fold in backtest.folds(labelled, settings):
        test = labelled[labelled["as_of"] == fold.test]
        truth = test["is_churned"].to_numpy(dtype="float64")
        fitted = _fit(labelled[labelled["as_of"].isin(fold.train)], settings)
        told = candidates.probabilities(fitted, matrix(test))
        for name, p in told.items():
            row = {"test_day": fold.test, "candidate": name} | measures.all_of(truth, p)
            for rule in (one for one in told if backtest.is_rule(one) and not backtest.is_rule(name)):
                gain, variance = measures.auc_gain(truth, p, told[rule])
                row |= {f"gain_{rule}": gain, f"variance_{rule}": variance}
            found.append(row)
    return backtest.Tested(pd.DataFrame(found), truth, told)


def _untested(rows: pd.DataFrame, settings: ChurnSettings, card: dict[str, Any], reason: str) -> Trained:
    outcome = rows["is_churned"].to_numpy(dtype="float64")
    found = {"fitted": {}, "calibrations": {}, candidates.RATE: candidates.rate(outcome)}
    model = _payload(found, rows, settings) | {"candidate": candidates.RATE}
    card["reason"] = f"{reason}; the usual share is published untested"
    return Trained("subscription_churn", model, f"{candidates.RATE}:untested", _no_metrics(), card)


def _none(card: dict[str, Any], reason: str) -> Trained:
    return Trained("subscription_churn", {}, "none", _no_metrics(), card | {"reason": reason})


def _no_metrics() -> pd.DataFrame:
    empty = pd.DataFrame({"metric": pd.Series(dtype="object"), "value": [], "baseline_value": []})
    return empty.astype({"value": "float64", "baseline_value": "float64"})


def _payload(found: Payload, rows: pd.DataFrame, settings: ChurnSettings) -> Payload:
    """What scoring needs, with twenty subscribers of the newest labelled day to compare with."""
    latest = rows[rows["as_of"] == rows["as_of"].max()]
    picked = np.random.default_rng(settings.seed).permutation(len(latest))[:_BACKGROUND]
    return found | {
        "background": matrix(latest.iloc[np.sort(picked)]),
        "columns": list(COLUMNS),
        "horizon_days": settings.horizon_days,
        "medium_from": settings.medium_from,
        "high_from": settings.high_from,
    }

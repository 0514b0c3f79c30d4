"""Backtest, choose, fit on everything: the model, or the rule that was not beaten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ml import measures
from ml.churn import backtest, components
from ml.churn.features import COLUMNS, matrix
from ml.churn.rows import select
from ml.churn.settings import ChurnSettings
from ml.frames import FloatArray
from ml.spec import Payload, Trained

_BACKGROUND = 20
_METRICS = ("auc", "brier", "ece", "pr_auc_rarer", "lift_10", "lift_10_limit")


def train(snapshots: pd.DataFrame, labels: pd.DataFrame | None, settings: ChurnSettings) -> Trained:
    """Fit what the backtest chose; never raises because of the data."""
    from threadpoolctl import threadpool_limits

    rows = select(snapshots, labels, settings)
    # One thread: sums in another order would be another model, and on shared cores the threads of
    # a short fit wait for each other five times longer than they work.
    with threadpool_limits(limits=1), np.errstate(all="ignore"):
        return _train(rows, settings)


def _train(rows: pd.DataFrame, settings: ChurnSettings) -> Trained:
    labelled = rows[rows["is_churned"].notna()]
    newest = rows[rows["as_of"] == rows["as_of"].max()]
    card = _card(labelled, newest, settings)
    if rows.empty:
        return _none(card, "nobody is eligible")
    dates = tuple(labelled["as_of"].unique())
    if not backtest.enough(labelled, dates, settings):
        reason = f"{len(labelled)} labelled rows of both classes are too few to learn from"
        return _unlearned(newest, settings, card, reason)
    results = backtest.run(labelled, settings)
    final = backtest.fit(labelled, matrix(newest), settings)
    if results.empty:
        return _unlearned(newest, settings, card, "no later day to test on yet")
    means = results.drop(columns="test_day").groupby("candidate", sort=True).mean()
    chosen, reason = _choose(means, settings)
    card["backtest"] = _table(means.reset_index())
    card["backtest_by_day"] = _table(results.assign(test_day=results["test_day"].dt.strftime("%Y-%m-%d")))
    if reason:
        card["reason"] = reason
    model = _payload(final.fitted, chosen, final.calibrations, labelled, settings)
    return Trained("churn", model, chosen, _metrics(means, chosen), card)


def _choose(means: pd.DataFrame, settings: ChurnSettings) -> tuple[str, str]:
    """The candidate with the least Brier score, if it beats the rules; and why not."""
    is_rule = means.index.str.startswith("rule:")
    rules, candidates = means[is_rule], means[~is_rule]
    rule = str(rules["brier"].idxmin())
    if candidates.empty:
        return rule, "no feature varies"
    best = str(candidates["brier"].idxmin())
    gain = float(candidates.at[best, "auc"] - rules["auc"].max())
    if gain < settings.min_gain or candidates.at[best, "brier"] > rules["brier"].min():
        return rule, f"{best} did not beat the rules out of time: AUC {gain:+.4f}"
    return best, ""


def _metrics(means: pd.DataFrame, chosen: str) -> pd.DataFrame:
    """Means over the test days, each beside the best any rule reached."""
    rules = means[means.index.str.startswith("rule:")]
    rows = []
    for name in _METRICS:
        best = rules[name].min() if name in measures.ERRORS else rules[name].max()
        rows.append((name, float(means.at[chosen, name]), float(best)))
    return pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])


def _unlearned(newest: pd.DataFrame, settings: ChurnSettings, card: dict[str, Any], reason: str) -> Trained:
    """BG/NBD needs no labels: untested, and the method says so."""
    rates = components.fit_bgnbd(matrix(newest), float(settings.horizon_days))
    if rates is None or len(newest) < settings.min_rows:
        return _none(card, reason)
    card["reason"] = f"{reason}; the rule is published untested"
    model = _payload({"bgnbd": rates}, "rule:bgnbd", {}, newest, settings)
    return Trained("churn", model, "rule:bgnbd:untested", _no_metrics(), card)


def _none(card: dict[str, Any], reason: str) -> Trained:
    return Trained("churn", {}, "none", _no_metrics(), card | {"reason": reason})


def _no_metrics() -> pd.DataFrame:
    return pd.DataFrame({"metric": pd.Series(dtype="object"), "value": [], "baseline_value": []}).astype(
        {"value": "float64", "baseline_value": "float64"}
    )


def _payload(
    fitted: Payload,
    chosen: str,
    calibrations: dict[str, FloatArray | None],
    background: pd.DataFrame,
    settings: ChurnSettings,
) -> Payload:
    """Only the parts the choice needs, and all that scoring needs beside them."""
    candidate, _, calibrated = chosen.removeprefix("rule:").partition("+")
    parts = components.parts_of(candidate, fitted)
    kept = {name: fitted[name] for name in (*parts, "used") if name in fitted}
    latest = background[background["as_of"] == background["as_of"].max()]
    picked = np.random.default_rng(settings.seed).permutation(len(latest))[:_BACKGROUND]
    return {
        "fitted": kept,
        "parts": list(parts),
        "calibration": calibrations.get(candidate) if calibrated else None,
        "background": matrix(latest.iloc[np.sort(picked)]),
        "columns": list(COLUMNS),
        "horizon_days": settings.horizon_days,
        "lookback_days": settings.lookback_days,
        "medium_from": settings.medium_from,
        "high_from": settings.high_from,
    }


def _card(labelled: pd.DataFrame, newest: pd.DataFrame, settings: ChurnSettings) -> dict[str, Any]:
    return {
        "target": f"no core action in the {settings.horizon_days} days after as_of",
        "population": f"a core action in the {settings.lookback_days} days up to as_of",
        "bands": {"medium_from": settings.medium_from, "high_from": settings.high_from},
        "training_rows": len(labelled),
        "training_people": int(labelled["user_key"].nunique()),
        "training_days": sorted({day.strftime("%Y-%m-%d") for day in labelled["as_of"]}),
        "churn_rate": None if labelled.empty else round(float(labelled["is_churned"].mean()), 6),
        "anchor": None if newest.empty else newest["as_of"].max().strftime("%Y-%m-%d"),
        "seed": settings.seed,
        "limits": "The choice and its figures come from the same test days; with a few candidates "
        "the figures are slightly flattering.",
    }


def _table(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """JSON rows, rounded, unknowns as null."""
    rounded = frame.round(6).astype(object)
    return [dict(row) for row in rounded.where(frame.notna(), None).to_dict("records")]

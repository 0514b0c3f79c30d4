"""Backtest, choose, fit on everything: the model, or the rule that was not beaten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ml import curves
from ml.churn import backtest, choice, components
from ml.churn.features import COLUMNS, matrix
from ml.churn.reasons import weights
from ml.churn.rows import select
from ml.churn.settings import ChurnSettings
from ml.frames import FloatArray
from ml.spec import Payload, Trained
from ml.threads import one_thread, side_by_side

_BACKGROUND = 20


def train(snapshots: pd.DataFrame, labels: pd.DataFrame | None, settings: ChurnSettings) -> Trained:
    """Fit what the backtest chose; never raises because of the data."""
    rows = select(snapshots, labels, settings)
    labelled = rows[rows["is_churned"].notna()]
    newest = rows[rows["as_of"] == rows["as_of"].max()]
    # Nearly all of them are labelled: nobody needs them twice.
    del rows
    with one_thread():
        return _train(labelled, newest, settings)


def _train(labelled: pd.DataFrame, newest: pd.DataFrame, settings: ChurnSettings) -> Trained:
    card = _card(labelled, newest, settings)
    if newest.empty:
        return _none(card, "nobody is eligible")
    dates = tuple(labelled["as_of"].drop_duplicates())
    if not backtest.enough(labelled, dates, settings):
        reason = f"{len(labelled)} labelled rows of both classes are too few to learn from"
        return _unlearned(newest, settings, card, reason)
    parts: list[Callable[[], Any]] = [
        lambda: backtest.run(labelled, settings),
        lambda: backtest.fit(labelled, matrix(newest), settings),
    ]
    tested, final = side_by_side(_done, parts)
    results = tested.results
    if results.empty:
        return _unlearned(newest, settings, card, "no later day to test on yet")
    decision = choice.decide(tested, settings)
    chosen, reason = decision.chosen, decision.reason
    card |= decision.card()
    card["backtest"] = _table(choice.means_of(results).reset_index())
    card["backtest_by_day"] = _table(results.assign(test_day=results["test_day"].dt.strftime("%Y-%m-%d")))
    if reason:
        card["reason"] = reason
    model = _payload(final.fitted, chosen, final.calibrations, labelled, settings)
    card["plots"] = [
        *curves.tested(tested.truth, tested.forecasts, chosen, choice.best_rule(results), "churn"),
        curves.bars("What it rests on", weights(model, labelled)),
    ]
    return Trained("churn", model, chosen, choice.metrics(results, decision), card)


def _done(part: Callable[[], Any]) -> Any:
    return part()


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
        # Each day once: there are as many rows as people and days.
        "training_days": sorted(day.strftime("%Y-%m-%d") for day in labelled["as_of"].drop_duplicates()),
        "churn_rate": None if labelled.empty else round(float(labelled["is_churned"].mean()), 6),
        "anchor": None if newest.empty else newest["as_of"].max().strftime("%Y-%m-%d"),
        "seed": settings.seed,
        "limits": "The choice and its figures come from the same test days; with a few candidates "
        "the figures are slightly flattering.",
    }


def _table(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """JSON rows, rounded, unknowns as null."""
    rounded = frame.round(6).astype(object)
    rows = rounded.where(frame.notna(), None).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]

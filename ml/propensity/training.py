"""Each goal by itself: backtest, choose, fit on everything, or publish the rule that was not beaten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ml import curves
from ml.churn import choice
from ml.churn.features import COLUMNS, matrix
from ml.churn.reasons import weights
from ml.churn.settings import ChurnSettings
from ml.propensity import backtest, components
from ml.propensity.rows import GOALS, NEXT
from ml.propensity.settings import PropensitySettings
from ml.spec import Payload, Trained
from ml.threads import one_thread

_METRICS = ("auc", "brier", "ece", "pr_auc_rarer", "lift_10", "lift_10_limit")
_BACKGROUND = 20


def train(rows: pd.DataFrame, settings: PropensitySettings) -> Trained:
    """Fit what the backtest chose; never raises because of the data."""
    model: Payload = {}
    told: dict[str, Any] = {}
    tables = [pd.DataFrame({"metric": pd.Series(dtype="object"), "value": [], "baseline_value": []})]
    with one_thread():
        for goal in GOALS:
            payload, card, metrics = _goal(goal, rows, settings)
            told[goal] = card
            if payload:
                model[goal] = payload
            tables.append(metrics)
    if model:
        model = {"goals": model, "columns": list(COLUMNS), "horizon_days": settings.horizon_days}
    methods = {goal: str(card["method"]) for goal, card in told.items()}
    alike = set(methods.values())
    method = alike.pop() if len(alike) == 1 else ", ".join(f"{goal} {one}" for goal, one in methods.items())
    plots = [panel for one in told.values() for panel in one.pop("plots", [])]
    card = {
        "target": f"a purchase in the {settings.horizon_days} days after as_of",
        "population": "everybody who lets us profile, by whether they had bought",
        "goals": told,
        "seed": settings.seed,
        "plots": plots,
    }
    reasons = [f"{goal}: {one['reason']}" for goal, one in told.items() if one["reason"]]
    if reasons:
        card["reason"] = "; ".join(reasons)
    decisions = [f"{goal}: {one['decision']}" for goal, one in told.items() if "decision" in one]
    if decisions:
        card["decision"] = "; ".join(decisions)
    frame = pd.concat(tables, ignore_index=True).astype({"value": "float64", "baseline_value": "float64"})
    return Trained("propensity", model, method, frame, card)


def _goal(
    goal: str, rows: pd.DataFrame, settings: PropensitySettings
) -> tuple[Payload, dict[str, Any], pd.DataFrame]:
    """What is kept of a goal's model, what is told of it, and its metrics."""
    asked = rows["goal"] == goal
    labelled = rows[asked & rows["has_bought"].notna()]
    newest = rows[asked & (rows["as_of"] == rows.loc[asked, "as_of"].max())]
    card: dict[str, Any] = {
        "training_rows": len(labelled),
        "training_people": int(labelled["user_key"].nunique()),
        "bought": None if labelled.empty else round(float(labelled["has_bought"].mean()), 6),
        "reason": "",
    }
    if not backtest.enough(labelled["has_bought"], settings):
        return _unlearned(goal, newest, settings, card, "too few rows of both outcomes to learn from")
    tested = backtest.run(goal, labelled, settings)
    results = tested.results
    if results.empty:
        return _unlearned(goal, newest, settings, card, "no later day to test on yet")
    decision = choice.decide(tested, ChurnSettings(min_gain=settings.min_gain, seed=settings.seed))
    chosen, card["reason"] = decision.chosen, decision.reason
    card |= decision.card()
    means = choice.means_of(results)
    rounded = means.reset_index().round(6)
    card["backtest"] = rounded.astype(object).where(rounded.notna(), None).to_dict("records")
    card["method"] = chosen
    fitted = backtest.fit(goal, labelled, newest, settings)
    payload = _payload(fitted, chosen, labelled, settings)
    told = curves.tested(tested.truth, tested.forecasts, chosen, choice.best_rule(results), "buying")
    if payload["parts"]:
        told.append(curves.bars("What it rests on", weights(payload, labelled)))
    card["plots"] = [panel | {"title": f"{goal.replace('_', ' ')}: {panel['title']}"} for panel in told]
    return payload, card, _metrics(goal, means, chosen, decision.metrics())


def _unlearned(
    goal: str, newest: pd.DataFrame, settings: PropensitySettings, card: dict[str, Any], reason: str
) -> tuple[Payload, dict[str, Any], pd.DataFrame]:
    """BG/NBD needs no outcomes: untested, and the method says so."""
    nothing = _metrics(goal, None, "")
    enough = goal == NEXT and len(newest) >= settings.min_rows
    rates = components.fit_bgnbd(matrix(newest), settings.horizon_days) if enough else None
    if rates is None:
        return {}, card | {"method": "none", "reason": reason}, nothing
    told = {"method": "rule:bgnbd:untested", "reason": f"{reason}; the rule is published untested"}
    return _payload({"rule:bgnbd": rates}, "rule:bgnbd:untested", newest, settings), card | told, nothing


def _payload(fitted: Payload, chosen: str, rows: pd.DataFrame, settings: PropensitySettings) -> Payload:
    """Only the parts the choice needs, and all that scoring needs beside them."""
    candidate = chosen.removesuffix(":untested")
    parts = components.CANDIDATES.get(candidate, ())
    names = {*parts, "used"} if parts else {candidate}
    latest = rows[rows["as_of"] == rows["as_of"].max()]
    picked = np.random.default_rng(settings.seed).permutation(len(latest))[:_BACKGROUND]
    return {
        "fitted": {name: fitted[name] for name in sorted(names)},
        "candidate": candidate,
        "method": chosen,
        "parts": list(parts),
        "calibration": None,
        "background": matrix(latest.iloc[np.sort(picked)]),
    }


def _metrics(
    goal: str,
    means: pd.DataFrame | None,
    chosen: str,
    more: Sequence[tuple[str, float, float]] = (),
) -> pd.DataFrame:
    """Means over the test days beside the best any rule reached; a published rule is its own baseline."""
    rows = []
    if means is not None:
        rules = means.loc[[name for name in means.index if name in components.RULES]]
        for name in _METRICS:
            value = float(means[name][chosen])
            best = rules[name].min() if name in ("brier", "ece") else rules[name].max()
            baseline = value if chosen in components.RULES else float(best)
            rows.append((f"{goal}_{name}", value, baseline))
    rows += [(f"{goal}_{name}", value, baseline) for name, value, baseline in more]
    return pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])

"""Backtest, choose, fit on everything: the blend, or the rule it did not beat."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ml import curves
from ml.spec import Trained
from ml.threads import one_thread
from ml.value import backtest, components
from ml.value.purchases import Purchases, clean, ordinal, purchases
from ml.value.settings import ValueSettings

_MEASURES = ("gini", "rmse", "mae", "bias", "correlation", "purchases_correlation")


def select(frame: pd.DataFrame, settings: ValueSettings) -> pd.DataFrame:
    """What was known of purchases on the anchor."""
    return clean(frame, None if settings.anchor is None else ordinal(settings.anchor))


def train(frame: pd.DataFrame, settings: ValueSettings) -> Trained:
    """Fit what the backtest chose; never raises because of the data."""
    rows = select(frame, settings)
    with one_thread():
        return _train(rows, settings)


def _train(rows: pd.DataFrame, settings: ValueSettings) -> Trained:
    card: dict[str, Any] = {
        "target": f"net revenue of the {settings.clv_horizon_days} days after as_of",
        "population": "everybody who has bought",
        "training_people": int(rows["user_key"].nunique()),
        "seed": settings.seed,
    }
    if rows.empty:
        return _none(card, "nobody has bought anything")
    facts = purchases(rows)
    anchor = int(facts.known.max()) if settings.anchor is None else ordinal(settings.anchor)
    card["anchor"] = str(np.datetime64(anchor, "D"))
    now = facts.history(anchor)
    if len(now.people) < settings.min_people:
        return _none(card, f"{len(now.people)} buyers are too few to forecast from")
    rates = components.fit_rates(now)
    if rates is None:
        return _none(card, "nobody has bought twice, or nothing was worth anything")
    card["bgnbd"] = dict(zip(("r", "alpha", "a", "b", "log_likelihood"), rates["bgnbd"], strict=True))
    card["gamma_gamma"] = dict(zip(("p", "q", "v", "log_likelihood"), rates["gamma_gamma"], strict=True))
    if rates["nbd"]:
        card["warning"] = "no loss of customers was found: everybody counts as alive (the plain NBD)"
    return _chosen(facts, anchor, rates, card, settings)


def _chosen(
    facts: Purchases, anchor: int, rates: dict[str, Any], card: dict[str, Any], settings: ValueSettings
) -> Trained:
    model = {"rates": rates, "hurdle": None, "clv_horizon_days": settings.clv_horizon_days}
    tested = backtest.run(facts, anchor, settings)
    results = tested.results
    if results.empty:
        card["reason"] = "no day with a whole horizon after it to test on yet; the rule is published untested"
        return Trained("value", model, f"{backtest.RULE}:untested", _metrics(None, ""), card)
    card["backtest"] = results.round(6).astype(object).where(results.notna(), None).to_dict("records")
    method, reason = backtest.choose(results, settings)
    if method == backtest.BLEND:
        model["hurdle"] = backtest.hurdle(facts, rates, anchor, settings)
        if model["hurdle"] is None:
            method, reason = backtest.RULE, "too little history for trees"
    if reason:
        card["reason"] = reason
    shown = {name: tested.forecasts[name] for name in dict.fromkeys((method, backtest.RULE))}
    card["plots"] = curves.amounts(tested.spent, shown)
    return Trained("value", model, method, _metrics(results, method), card)


def _none(card: dict[str, Any], reason: str) -> Trained:
    return Trained("value", {}, "none", _metrics(None, ""), card | {"reason": reason})


def _metrics(results: pd.DataFrame | None, method: str) -> pd.DataFrame:
    """Means over the test days, those of the rule beside them."""
    rows = []
    if results is not None:
        means = results.groupby("candidate")[list(_MEASURES)].mean()
        ours, rule = (means.loc[one].to_numpy(dtype="float64") for one in (method, backtest.RULE))
        rows = list(zip(_MEASURES, ours, rule, strict=True))
    frame = pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])
    return frame.astype({"value": "float64", "baseline_value": "float64"})

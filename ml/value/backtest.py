"""Rolling origin: forecasts of past days against what was then spent, and the choice they allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.frames import FloatArray
from ml.spec import Payload
from ml.value import components, measures
from ml.value.purchases import Ints, Purchases
from ml.value.settings import ValueSettings

RULE = "rule:bgnbd_gamma_gamma"
BLEND = "bgnbd_gamma_gamma+hurdle"


def hurdle(facts: Purchases, rates: Payload, today: int, settings: ValueSettings) -> Payload | None:
    """Trees from the days whose horizon had ended by ``today``; None when they hold too little."""
    horizon = settings.clv_horizon_days
    xs: list[FloatArray] = []
    spents: list[FloatArray] = []
    usuals: list[FloatArray] = []
    people: list[Ints] = []
    for step in range(1, settings.cuts + 1):
        cut = today - step * horizon
        then = facts.history(cut)
        if len(then.people) < settings.min_people:
            break
        xs.append(components.inputs(rates, then, horizon))
        spents.append(facts.spent(then.people, cut, cut + horizon)[1])
        usuals.append(components.usual(rates, then, horizon))
        people.append(then.people)
    if not xs:
        return None
    x, person = np.concatenate(xs), np.concatenate(people)
    spent, usually = np.concatenate(spents), np.concatenate(usuals)
    if len(x) > settings.max_rows:
        order = np.random.default_rng(settings.seed).permutation(int(person.max()) + 1)[person]
        kept = order < np.sort(order)[settings.max_rows]
        x, spent, usually = x[kept], spent[kept], usually[kept]
    rarer = min((spent > 0).sum(), (spent <= 0).sum())
    if rarer < settings.min_buyers:
        return None
    return components.fit_hurdle(x, spent, usually, settings.seed)


@dataclass(frozen=True)
class Tested:
    """Measures by ``test_day`` and ``candidate``; of the newest test day what was spent and foretold."""

    results: pd.DataFrame
    spent: FloatArray
    forecasts: dict[str, FloatArray]


def run(facts: Purchases, anchor: int, settings: ValueSettings) -> Tested:
    """Test the rule and the blend on each test day, the newest first."""
    found: list[dict[str, object]] = []
    newest: tuple[FloatArray, dict[str, FloatArray]] = np.zeros(0), {}
    for step in range(1, settings.folds + 1):
        today = anchor - step * settings.clv_horizon_days
        then = facts.history(today)
        rates = components.fit_rates(then) if len(then.people) >= settings.min_people else None
        if rates is None:
            break
        came, spent = facts.spent(then.people, today, today + settings.clv_horizon_days)
        _, coming, worth = components.by_rates(rates, then, settings.clv_horizon_days)
        forecasts = {RULE: coming * worth}
        trees = hurdle(facts, rates, today, settings)
        if trees is not None:
            x = components.inputs(rates, then, settings.clv_horizon_days)
            usually = components.usual(rates, then, settings.clv_horizon_days)
            forecasts[BLEND] = (forecasts[RULE] + components.by_hurdle(trees, x, usually)) / 2
        newest = newest if found else (spent, forecasts)
        for name, forecast in forecasts.items():
            row: dict[str, object] = {"test_day": str(np.datetime64(today, "D")), "candidate": name}
            figures = measures.all_of(spent, forecast)
            row |= figures | {"purchases_correlation": measures.correlation(came, coming)}
            found.append(row)
    return Tested(pd.DataFrame(found), *newest)


def choose(results: pd.DataFrame, settings: ValueSettings) -> tuple[str, str]:
    """The blend, if on the mean of the test days it ranks no worse and errs little more; and why not."""
    means = results.groupby("candidate").mean(numeric_only=True)
    if BLEND not in means.index:
        return RULE, "too little history for trees"
    rule, blend = means.loc[RULE], means.loc[BLEND]
    if not blend["gini"] >= rule["gini"]:
        return RULE, f"the blend ranks worse: Gini {blend['gini']:.4f} against {rule['gini']:.4f}"
    if not blend["rmse"] <= settings.max_rms * rule["rmse"]:
        return RULE, f"the blend errs more: RMSE {blend['rmse']:.4f} against {rule['rmse']:.4f}"
    return BLEND, ""

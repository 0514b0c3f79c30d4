"""Test on some cuts, and keep everybody's preferences, or the better rule unbeaten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ml import curves, rolling
from ml.frames import FloatArray, floats
from ml.reach import backtest, preference
from ml.reach.backtest import TESTS
from ml.reach.preference import GLOBAL, OWN, SHRUNK
from ml.spec import Payload, Trained

ASPECTS = ("channel", "hour")


def select(frame: pd.DataFrame) -> pd.DataFrame:
    """What was known at the anchor, one row per person, aspect and choice, sorted."""
    rows = clean(frame, ("learn_times", *TESTS))
    return rows[rows["learn_times"] + rows["test_times"] > 0].reset_index(drop=True)


def clean(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows with a person and a known aspect; what is twice told counts once, unknown times not at all.

    A column the frame lacks is of days nobody was counted on.
    """
    counted = {
        name: floats(frame[name]) if name in frame else pd.Series(0.0, frame.index) for name in columns
    }
    rows = pd.DataFrame(
        {name: frame[name].astype("object") for name in ("user_key", "aspect", "choice")}
        | {name: times.fillna(0.0).clip(lower=0.0) for name, times in counted.items()}
    ).dropna()
    rows = rows[rows["aspect"].isin(ASPECTS)]
    keys = ["user_key", "aspect", "choice"]
    rows[keys] = rows[keys].astype(str)
    return rows.sort_values([*keys, *columns], kind="stable").drop_duplicates(keys, keep="last")


def train(rows: pd.DataFrame, horizon: int) -> Trained:
    """Of each aspect the preferences, or the rule they did not beat; never raises because of the data."""
    model: Payload = {}
    told: dict[str, Any] = {}
    metrics: list[tuple[str, float, float]] = []
    for aspect in ASPECTS:
        payload, told[aspect], found = _aspect(rows[rows["aspect"] == aspect], aspect)
        metrics += found
        if payload:
            model[aspect] = payload
    methods = {aspect: str(one["method"]) for aspect, one in told.items()}
    alike = set(methods.values())
    method = alike.pop() if len(alike) == 1 else ", ".join(f"{name} {one}" for name, one in methods.items())
    card: dict[str, Any] = {
        "target": f"channel and three hours of activity in the {horizon} days after as_of",
        "limits": "It predicts where and when people are active, not whether a message works.",
        "aspects": told,
    }
    card["plots"] = [panel for one in told.values() for panel in one.pop("plots", [])] + [
        curves.bars(f"Everybody's {aspect}", _shares(one)) for aspect, one in model.items()
    ]
    reasons = [f"{aspect}: {one['reason']}" for aspect, one in told.items() if one["reason"]]
    if reasons:
        card["reason"] = "; ".join(reasons)
    frame = pd.DataFrame(metrics, columns=["metric", "value", "baseline_value"])
    return Trained(
        "reach", model, method, frame.astype({"value": "float64", "baseline_value": "float64"}), card
    )


def _shares(known: Payload) -> list[tuple[str, float, None]]:
    """Everybody's share of each choice; hours in their order, channels by name."""
    pairs = zip(known["choices"], known["everyone"], strict=True)
    told = sorted(pairs, key=lambda pair: (int(pair[0]) if pair[0].isdigit() else -1, pair[0]))
    return [(name, float(share), None) for name, share in told]


def _aspect(
    rows: pd.DataFrame, aspect: str
) -> tuple[Payload, dict[str, Any], list[tuple[str, float, float]]]:
    choices = sorted(rows["choice"].unique())
    if not choices:
        return {}, {"method": "none", "reason": "nobody was there"}, []
    whole = rows.assign(times=rows["learn_times"] + rows["test_times"])
    tested = backtest.run(rows, choices)
    payload: Payload = {
        "method": SHRUNK,
        "choices": [str(one) for one in choices],
        "everyone": preference.shares(preference.counts(whole, "times", choices).table),
        "prior": tested.prior,
    }
    if tested.results.empty:
        payload["method"] = GLOBAL
        reason = "too few people to test on yet; everybody's preference is published untested"
        return payload, {"method": f"{GLOBAL}:untested", "reason": reason}, []
    means = rolling.means(tested.results)
    loss, hits = means["log_loss"], means["hit_rate"]
    rule = min((GLOBAL, OWN), key=lambda name: float(loss[name]))
    reason = ""
    if not (loss[SHRUNK] < loss[rule] and hits[SHRUNK] >= hits[rule]):
        payload["method"] = rule
        reason = (
            f"log-loss {loss[SHRUNK]:.4f} against {loss[rule]:.4f} of {rule},"
            f" hits {hits[SHRUNK]:.4f} against {hits[rule]:.4f}"
        )
    method = payload["method"]
    card = {
        "method": method,
        "reason": reason,
        "prior_occasions": payload["prior"],
        **rolling.told(tested.results),
        "plots": [_calibration(aspect, {name: tested.likeliest[name] for name in (method, rule)})],
    }
    told = [
        (f"{aspect}_{measure}", float(means[measure][method]), float(means[measure][rule]))
        for measure in ("hit_rate", "log_loss", "ece")
    ]
    return payload, card, told


def _calibration(aspect: str, told: Mapping[str, tuple[FloatArray, FloatArray]]) -> curves.Panel:
    """Of the newest cut, what was foretold of each person's likeliest choice and what came of it."""
    return curves.calibrated(
        f"{aspect}: Calibration",
        f"foretold chance of the likeliest {aspect}",
        "share of occasions on it",
        {name: (happened, foretold) for name, (foretold, happened) in told.items()},
    )

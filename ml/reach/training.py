"""Learn before the test days, test on them, and keep everybody's preferences, or the better rule unbeaten."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ml import curves
from ml.frames import floats
from ml.reach import preference
from ml.reach.preference import GLOBAL, OWN, PRIORS, SHRUNK
from ml.spec import Payload, Trained

ASPECTS = ("channel", "hour")
_MIN_PEOPLE = 50


def select(frame: pd.DataFrame) -> pd.DataFrame:
    """What was known at the anchor, one row per person, aspect and choice, sorted."""
    rows = clean(frame, ("learn_times", "test_times"))
    return rows[rows["learn_times"] + rows["test_times"] > 0].reset_index(drop=True)


def clean(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows with a person and a known aspect; what is twice told counts once, unknown times not at all."""
    rows = pd.DataFrame(
        {name: frame[name].astype("object") for name in ("user_key", "aspect", "choice")}
        | {name: floats(frame[name]).fillna(0.0).clip(lower=0.0) for name in columns}
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
    card["plots"] = [curves.bars(f"Everybody's {aspect}", _shares(one)) for aspect, one in model.items()]
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
    everyone = preference.shares(preference.counts(whole, "times", choices).table)
    payload: Payload = {
        "method": SHRUNK,
        "choices": [str(one) for one in choices],
        "everyone": everyone,
        "prior": PRIORS[-1],
    }
    before = preference.counts(rows[rows["learn_times"] > 0], "learn_times", choices)
    after = preference.counts(rows, "test_times", choices, pd.Index(before.people))
    asked = after.table.sum(axis=1) > 0
    if asked.sum() < _MIN_PEOPLE:
        payload["method"] = GLOBAL
        reason = "too few people to test on yet; everybody's preference is published untested"
        return payload, {"method": f"{GLOBAL}:untested", "reason": reason}, []
    shares = preference.shares(before.table)
    payload["prior"] = preference.prior_of(before.table, shares)
    found = {
        name: preference.measured(
            preference.probabilities(name, before.table[asked], shares, payload["prior"]), after.table[asked]
        )
        for name in (SHRUNK, GLOBAL, OWN)
    }
    rule = min((GLOBAL, OWN), key=lambda name: found[name][1])
    reason = ""
    if not (found[SHRUNK][1] < found[rule][1] and found[SHRUNK][0] >= found[rule][0]):
        payload["method"] = rule
        reason = (
            f"log-loss {found[SHRUNK][1]:.4f} against {found[rule][1]:.4f} of {rule},"
            f" hits {found[SHRUNK][0]:.4f} against {found[rule][0]:.4f}"
        )
    card = {
        "method": payload["method"],
        "reason": reason,
        "prior_occasions": payload["prior"],
        "tested_people": int(asked.sum()),
        "backtest": {name: {"hit_rate": hit, "log_loss": loss} for name, (hit, loss) in found.items()},
    }
    told = [
        (f"{aspect}_{measure}", found[payload["method"]][at], found[rule][at])
        for at, measure in enumerate(("hit_rate", "log_loss"))
    ]
    return payload, card, told

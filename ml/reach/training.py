"""Learn before the test days, test on them, and keep everybody's preferences, or the rule not beaten."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ml import curves
from ml.frames import floats
from ml.reach import preference
from ml.reach.preference import GLOBAL, OWN, SHRUNK
from ml.spec import Payload, Trained

ASPECTS = ("channel", "hour")
#: Occasions of everybody's beside a person's own.
PRIOR = 10.0
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
        "prior_occasions": PRIOR,
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
        "prior": PRIOR,
    }
    before = preference.counts(rows[rows["learn_times"] > 0], "learn_times", choices)
    after = preference.counts(rows, "test_times", choices, pd.Index(before.people))
    asked = after.table.sum(axis=1) > 0
    if asked.sum() < _MIN_PEOPLE:
        payload["method"] = GLOBAL
        reason = "too few people to test on yet; everybody's preference is published untested"
        return payload, {"method": f"{GLOBAL}:untested", "reason": reason}, []
    shares = preference.shares(before.table)
    found = {
        name: preference.measured(
            preference.probabilities(name, before.table[asked], shares, PRIOR), after.table[asked]
        )
        for name in (SHRUNK, GLOBAL, OWN)
    }
    reason = ""
    rules = found[GLOBAL], found[OWN]
    best_loss = min(loss for _, loss in rules)
    if not (found[SHRUNK][1] < best_loss and found[SHRUNK][0] >= found[GLOBAL][0]):
        payload["method"] = GLOBAL
        reason = f"log-loss {found[SHRUNK][1]:.4f} against {best_loss:.4f} of the rules"
    card = {
        "method": payload["method"],
        "reason": reason,
        "tested_people": int(asked.sum()),
        "backtest": {name: {"hit_rate": hit, "log_loss": loss} for name, (hit, loss) in found.items()},
    }
    hit, loss = found[payload["method"]]
    told = [
        (f"{aspect}_hit_rate", hit, hit if reason else found[GLOBAL][0]),
        (f"{aspect}_log_loss", loss, loss if reason else best_loss),
    ]
    return payload, card, told

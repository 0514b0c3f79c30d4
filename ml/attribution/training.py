"""From transitions to the table of removal effects."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ml.attribution import markov
from ml.spec import Trained


def train(transitions: pd.DataFrame) -> Trained:
    """The removal effect of every channel, and whether the chain converts as often as people did.

    Effects stand beside the channel's share of arrivals, which is what an even share would give it.
    """
    known = markov.select(transitions)
    count = known["transitions"].astype("float64")
    journeys = float(count[known["from_state"] == markov.START].sum())
    conversions = float(count[known["to_state"] == markov.CONVERSION].sum())
    if not conversions:
        nothing = pd.DataFrame(columns=["metric", "value", "baseline_value"])
        return Trained("attribution", {}, "none", nothing, {"reason": "no journey has led to a purchase yet"})
    chain = markov.chain_of(known)
    effects = markov.removal_effects(chain)
    arrivals = count.groupby(known["from_state"]).sum().reindex(chain.channels)
    rows = [("conversion_probability", markov.conversion_probability(chain), conversions / journeys)]
    rows += [
        (f"removal_effect: {channel}", float(effect), float(share))
        for channel, effect, share in zip(chain.channels, effects, arrivals / arrivals.sum(), strict=True)
    ]
    return Trained(
        "attribution",
        {"channels": list(chain.channels), "effects": effects},
        "markov",
        pd.DataFrame(rows, columns=["metric", "value", "baseline_value"]),
        {"journeys": int(journeys), "conversions": int(conversions), "order": 1},
    )


def score(trained: Trained, as_of: date) -> pd.DataFrame:
    """One row per channel: its removal effect, and its share of all of them."""
    effects = np.asarray(trained.model.get("effects", []), dtype="float64")
    total = effects.sum()
    return pd.DataFrame(
        {
            "channel": pd.Series(trained.model.get("channels", []), dtype="object"),
            "removal_effect": effects,
            "share": effects / total if total else effects,
            "method": trained.method,
            "model_version": trained.version,
            "as_of": as_of,
        }
    )

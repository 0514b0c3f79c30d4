"""One row per person who was ever there: their likeliest channel and hours, and how likely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ml.frames import typed
from ml.reach import preference
from ml.reach.training import ASPECTS, clean
from ml.spec import Trained


def score(trained: Trained, frame: pd.DataFrame, as_of: date, columns: Mapping[str, str]) -> pd.DataFrame:
    """Preferences from all that is known on ``as_of``; equals go to what more people choose."""
    if not trained.model:
        return typed(columns)
    rows = clean(frame, ("times",))
    rows = rows[rows["times"] > 0]
    people = pd.Index(np.sort(rows["user_key"].unique().astype(object)))
    if people.empty:
        return typed(columns)
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for aspect in ASPECTS:
        known = trained.model.get(aspect)
        if known is None:
            found[aspect] = np.full(len(people), None, dtype=object), np.full(len(people), np.nan)
            continue
        of_aspect = rows[rows["aspect"] == aspect]
        table = preference.counts(of_aspect, "times", known["choices"], people).table
        p = preference.probabilities(known["method"], table, known["everyone"], known["prior"])
        # A tie in a person's own counts is broken by everybody's, a tie in those by name.
        best = (p + 1e-12 * known["everyone"]).argmax(axis=1)
        likeliest = np.array(known["choices"], dtype=object)[best]
        found[aspect] = likeliest, p[np.arange(len(people)), best]
    occasions = rows[rows["aspect"] == "hour"].groupby("user_key")["times"].sum().reindex(people).fillna(0)
    (channel, channel_p), (hour, hour_p) = found["channel"], found["hour"]
    return typed(
        columns,
        {
            "user_key": people.to_numpy(dtype=object),
            "preferred_channel": channel,
            "channel_probability": channel_p,
            "preferred_hour": np.array([int(one or 0) for one in hour], dtype=np.int64),
            "hour_probability": hour_p,
            "occasions": occasions.to_numpy(dtype="float64").clip(max=2**31 - 1).astype(np.int64),
            "method": np.full(len(people), trained.method, dtype=object),
            "model_version": np.full(len(people), trained.version, dtype=object),
            "as_of": np.full(len(people), pd.Timestamp(as_of).to_datetime64()),
        },
    )

"""One row per person: the goal they are asked about, its probability, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ml.churn.features import COLUMNS, matrix
from ml.churn.reasons import reasons
from ml.frames import typed
from ml.propensity import components
from ml.propensity.rows import people
from ml.spec import Trained
from ml.threads import one_thread

_RESTS_ON = {"rule:recency": "recency", "rule:bgnbd": "frequency"}


def score(trained: Trained, snapshot: pd.DataFrame, as_of: date, columns: Mapping[str, str]) -> pd.DataFrame:
    """Score the snapshot of ``as_of``; who has a goal nothing is known of gets no row."""
    model = trained.model
    if not model or model["columns"] != list(COLUMNS):
        return typed(columns)
    rows = people(snapshot)
    rows = rows[rows["as_of"] == pd.Timestamp(as_of)]
    parts = []
    for goal, known in sorted(model["goals"].items()):
        asked = rows[rows["goal"] == goal]
        if asked.empty:
            continue
        x = matrix(asked)
        with one_thread():
            p = components.probabilities(goal, known["fitted"], x)[known["candidate"]]
            if known["parts"]:
                why = reasons(known, x, p)
            else:
                why = np.full((len(x), 3), None, dtype=object)
                why[:, 0] = _RESTS_ON[known["candidate"]]
        parts.append(
            typed(
                columns,
                {
                    "user_key": asked["user_key"].to_numpy(),
                    "goal": np.full(len(x), goal, dtype=object),
                    "probability": p,
                    "horizon_days": np.full(len(x), model["horizon_days"]),
                    "method": np.full(len(x), known["method"], dtype=object),
                    "model_version": np.full(len(x), trained.version, dtype=object),
                    "reason_1": why[:, 0],
                    "reason_2": why[:, 1],
                    "reason_3": why[:, 2],
                    "as_of": np.full(len(x), pd.Timestamp(as_of).to_datetime64()),
                },
            )
        )
    if not parts:
        return typed(columns)
    return pd.concat(parts, ignore_index=True).sort_values("user_key", kind="stable", ignore_index=True)

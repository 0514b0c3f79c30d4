"""One row per eligible person: probability, band, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ml.churn import components
from ml.churn.features import COLUMNS, matrix
from ml.churn.reasons import reasons
from ml.churn.rows import eligible
from ml.frames import typed
from ml.spec import Trained
from ml.threads import one_thread


def score(trained: Trained, snapshot: pd.DataFrame, as_of: date, columns: Mapping[str, str]) -> pd.DataFrame:
    """Score the snapshot of ``as_of``; rows of other days are left out.

    An empty frame of the right types when there is no model or nobody to score.
    """
    model = trained.model
    if not model or model["columns"] != list(COLUMNS):
        return typed(columns)
    rows = eligible(snapshot)
    rows = rows[rows["as_of"] == pd.Timestamp(as_of)]
    if rows.empty:
        return typed(columns)
    x = matrix(rows)
    with one_thread():
        parts = components.logits(model["fitted"], x)
        p = components.blend([parts[name] for name in model["parts"]], model["calibration"])
        why = reasons(model, x, p)
    bands = np.select([p >= model["high_from"], p >= model["medium_from"]], ["high", "medium"], "low")
    return typed(
        columns,
        {
            "user_key": rows["user_key"].to_numpy(),
            "churn_probability": p,
            "churn_band": bands,
            "horizon_days": np.full(len(p), model["horizon_days"]),
            "lookback_days": np.full(len(p), model["lookback_days"]),
            "method": np.full(len(p), trained.method, dtype=object),
            "model_version": np.full(len(p), trained.version, dtype=object),
            "reason_1": why[:, 0],
            "reason_2": why[:, 1],
            "reason_3": why[:, 2],
            "as_of": np.full(len(p), pd.Timestamp(as_of).to_datetime64()),
        },
    )

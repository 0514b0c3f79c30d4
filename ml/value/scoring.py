"""One row per person who has bought: alive or not, what is to come, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ml.frames import typed
from ml.spec import Trained
from ml.threads import one_thread
from ml.value import components
from ml.value.purchases import clean, ordinal, purchases


def score(trained: Trained, frame: pd.DataFrame, as_of: date, columns: Mapping[str, str]) -> pd.DataFrame:
    """Forecast from what is known at the end of ``as_of``; an empty frame when there is no model."""
    model = trained.model
    today = ordinal(as_of)
    rows = clean(frame, today) if model else frame.iloc[:0]
    if rows.empty:
        return typed(columns)
    facts = purchases(rows)
    now = facts.history(today)
    horizon = model["clv_horizon_days"]
    with one_thread():
        alive, coming, worth = components.by_rates(model["rates"], now, horizon)
        clv = coming * worth
        if model["hurdle"] is not None:
            x = components.inputs(model["rates"], now, horizon)
            usually = components.usual(model["rates"], now, horizon)
            clv = (clv + components.by_hurdle(model["hurdle"], x, usually)) / 2
    count = len(now.people)
    return typed(
        columns,
        {
            "user_key": facts.keys[now.people],
            "p_alive": alive,
            "expected_purchases": coming,
            "expected_value": np.round(worth, 4),
            "clv": np.round(clv, 4),
            "clv_horizon_days": np.full(count, horizon),
            "method": np.full(count, trained.method, dtype=object),
            "model_version": np.full(count, trained.version, dtype=object),
            "as_of": np.full(count, pd.Timestamp(as_of).to_datetime64()),
        },
    )

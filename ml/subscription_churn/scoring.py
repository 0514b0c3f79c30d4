"""One row per subscriber: probability, band, what is at stake, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from ml.churn.scoring import laid_out
from ml.frames import typed
from ml.spec import Frames, Trained
from ml.subscription_churn.candidates import probabilities
from ml.subscription_churn.reasons import reasons
from ml.subscription_churn.rows import COLUMNS, matrix, subscribers
from ml.threads import one_thread


def score(trained: Trained, frames: Frames, as_of: date, columns: Mapping[str, str]) -> pd.DataFrame:
    """Score whoever subscribes on ``as_of``; an empty frame when there is no model or nobody."""
    model = trained.model
    if not model or model["columns"] != list(COLUMNS):
        return typed(columns)
    rows = subscribers(frames)
    rows = rows[rows["as_of"] == pd.Timestamp(as_of)]
    if rows.empty:
        return typed(columns)
    x = matrix(rows)
    with one_thread():
        p = probabilities(model, x)[model["candidate"]]
        why = reasons(model, x, p)
    amount = rows["monthly_amount"].to_numpy().round(4)
    return laid_out(trained, rows["user_key"], p, why, as_of, columns, monthly_amount=amount)

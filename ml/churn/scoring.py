"""One row per eligible person: probability, band, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.churn import components
from ml.churn.features import COLUMNS, matrix
from ml.churn.reasons import reasons
from ml.churn.rows import eligible
from ml.frames import FloatArray, typed
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
    lookback = np.full(len(p), model["lookback_days"])
    return laid_out(trained, rows["user_key"], p, why, as_of, columns, lookback_days=lookback)


def laid_out(
    trained: Trained,
    people: pd.Series,
    p: FloatArray,
    why: npt.NDArray[np.object_],
    as_of: date,
    columns: Mapping[str, str],
    **more: object,
) -> pd.DataFrame:
    """What every model of leaving says of a person: how likely, in which band, and why.

    Parameters
    ----------
    more
        The values of columns one of them has beside these.
    """
    model, count = trained.model, len(p)
    return typed(
        columns,
        {
            "user_key": people.to_numpy(),
            "churn_probability": p,
            "churn_band": np.select(
                [p >= model["high_from"], p >= model["medium_from"]], ["high", "medium"], "low"
            ),
            "horizon_days": np.full(count, model["horizon_days"]),
            "method": np.full(count, trained.method, dtype=object),
            "model_version": np.full(count, trained.version, dtype=object),
            "reason_1": why[:, 0],
            "reason_2": why[:, 1],
            "reason_3": why[:, 2],
            "as_of": np.full(count, pd.Timestamp(as_of).to_datetime64()),
            **more,
        },
    )

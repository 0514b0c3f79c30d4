"""What treating each person now would do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ml.frames import tidy, typed
from ml.spec import Trained
from ml.uplift.rows import FEATURES, matrix
from ml.uplift.training import chance


def score(trained: Trained, snapshots: pd.DataFrame, as_of: date, columns: Mapping[str, str]) -> pd.DataFrame:
    """One row per person of the day; nobody when nothing was learned."""
    people = tidy(snapshots, FEATURES)
    if not trained.model or people.empty:
        return typed(columns)
    if "new" in trained.model:
        x = matrix(people)
        uplift = chance(trained.model["new"], x) - chance(trained.model["old"], x)
    else:
        uplift = np.full(len(people), trained.model["average"])
    return typed(
        columns,
        {
            "user_key": people["user_key"].to_numpy(),
            "experiment_id": trained.model["experiment_id"],
            "uplift": uplift,
            "method": trained.method,
            "model_version": trained.version,
            "as_of": pd.Timestamp(as_of),
        },
    )

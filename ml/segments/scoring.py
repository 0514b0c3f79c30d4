"""One row per person, one row per segment, from the frozen fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ml.frames import typed
from ml.segments.rows import COLUMNS, matrix, people
from ml.segments.training import place
from ml.spec import Trained


def score(
    trained: Trained, snapshot: pd.DataFrame, as_of: date, tables: Mapping[str, Mapping[str, str]]
) -> dict[str, pd.DataFrame]:
    """Place the people of ``as_of``; segments nobody is in today are listed with size 0.

    Empty frames of the right types when there is no model.
    """
    model = trained.model
    if not model or model["columns"] != list(COLUMNS):
        return {name: typed(columns) for name, columns in tables.items()}
    rows = people(snapshot)
    rows = rows[rows["as_of"] == pd.Timestamp(as_of)]
    labels = place(model, matrix(rows))
    ids = np.asarray(model["id"], dtype=np.int64)
    order = np.argsort(ids)
    day = pd.Timestamp(as_of).to_datetime64()
    count = len(ids)
    sizes = np.bincount(labels, minlength=count)
    return {
        "fct_user_segments": typed(
            tables["fct_user_segments"],
            {
                "user_key": rows["user_key"].to_numpy(),
                "segment_id": ids[labels],
                "segment_name": np.array(model["name_en"], dtype=object)[labels],
                "model_version": np.full(len(rows), trained.version, dtype=object),
                "as_of": np.full(len(rows), day),
            },
        ),
        "dim_segments": typed(
            tables["dim_segments"],
            {
                "segment_id": ids[order],
                "name_en": np.array(model["name_en"], dtype=object)[order],
                "name_zh": np.array(model["name_zh"], dtype=object)[order],
                "rule": np.array(model["rule"], dtype=object)[order],
                "share": sizes[order] / max(1, len(rows)),
                "size": sizes[order],
                "as_of": np.full(count, day),
            },
        ),
    }

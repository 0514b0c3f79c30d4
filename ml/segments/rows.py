"""The people segments are made of, and the five measures they are made by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.frames import FloatArray, tidy
from ml.segments.settings import SegmentSettings

#: Recency, frequency, money, tenure, activity.
COLUMNS = ("days_since_last_order", "orders_all", "revenue_all", "tenure_days", "active_days_90")
#: Measures that only take whole values, so that a rule may say "at least 3".
WHOLE = frozenset({"days_since_last_order", "orders_all", "tenure_days", "active_days_90"})

#: Trees hold single precision, and nothing anybody did is as much.
_MOST = 1e30


def people(snapshots: pd.DataFrame) -> pd.DataFrame:
    """Tidy rows of everybody, without unknowns.

    Who never ordered has gone without an order for as long as they have been known.
    """
    rows = tidy(snapshots, COLUMNS)
    rows["tenure_days"] = rows["tenure_days"].fillna(0.0)
    rows["days_since_last_order"] = rows["days_since_last_order"].fillna(rows["tenure_days"])
    measures = list(COLUMNS)
    rows[measures] = rows[measures].fillna(0.0).clip(lower=0.0, upper=_MOST)
    whole = sorted(WHOLE)
    rows[whole] = np.floor(rows[whole])
    return rows


def matrix(rows: pd.DataFrame) -> FloatArray:
    """The five measures in their own units."""
    return np.ascontiguousarray(rows[list(COLUMNS)].to_numpy(dtype="float64"))


def select(snapshots: pd.DataFrame, settings: SegmentSettings) -> pd.DataFrame:
    """The anchor's snapshot, and the newest one far enough before it to judge by later spend."""
    rows = people(snapshots)
    if settings.anchor is not None:
        rows = rows[rows["as_of"] <= pd.Timestamp(settings.anchor)]
    if rows.empty:
        return rows.reset_index(drop=True)
    newest = rows["as_of"].max()
    before = rows.loc[rows["as_of"] <= newest - pd.Timedelta(days=settings.look_back_days), "as_of"]
    wanted = {newest} if before.empty else {newest, before.max()}
    return rows[rows["as_of"].isin(wanted)].reset_index(drop=True)

"""The columns churn learns from, and the groups reasons are given in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.frames import FloatArray

WINDOWS = (7, 14, 28, 56, 90, 180, 365)


def _windows(*measures: str) -> tuple[str, ...]:
    return tuple(f"{measure}_{days}" for measure in measures for days in WINDOWS)


#: Reason code to its columns. The codes are published: add, never rename.
GROUPS: dict[str, tuple[str, ...]] = {
    "recency": ("days_since_last_active", "days_since_last_order"),
    "frequency": (
        *_windows("active_days", "orders"),
        "active_days_all",
        "orders_all",
        "repeat_purchase_days",
    ),
    "value": (*_windows("revenue"), "revenue_all"),
    "rhythm": ("mean_gap_days", "gap_ratio"),
    "tenure": ("tenure_days", "purchase_age_days", "purchase_recency_days"),
    "engagement": (*_windows("events", "sessions"), "touches_clicked_90"),
    "feedback": ("feedback_365",),
}
COLUMNS: tuple[str, ...] = tuple(column for columns in GROUPS.values() for column in columns)
#: The columns a history of visits is read from.
HISTORY = ("active_days_all", "days_since_last_active", "tenure_days", "mean_gap_days")
_AT = {column: position for position, column in enumerate(COLUMNS)}


def matrix(rows: pd.DataFrame) -> FloatArray:
    """The features of tidy rows, one line each, columns as in ``COLUMNS``; unknowns are NaN."""
    return np.ascontiguousarray(rows[list(COLUMNS)].to_numpy(dtype="float64"))


def logs(x: FloatArray) -> FloatArray:
    """Measures on the log scale, signs kept: counts and money are long-tailed."""
    return np.asarray(np.sign(x) * np.log1p(np.abs(x)))


def histories(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Repeat active days, first-to-last time and age of each person, in days.

    Being active is the purchase of a world without purchases: the same three numbers, from active
    days. The first active day follows from the mean gap where it is known, so that time as a
    mere registration does not count as silence.
    """
    active = np.nan_to_num(x[:, _AT["active_days_all"]], nan=0.0)
    silent = np.maximum(x[:, _AT["days_since_last_active"]], 0.0)
    repeats = np.maximum(active - 1.0, 0.0)
    by_tenure = np.maximum(x[:, _AT["tenure_days"]] - silent, 0.0)
    by_gap = x[:, _AT["mean_gap_days"]] * repeats
    span = np.where(np.isfinite(by_gap) & ~(by_gap > by_tenure), by_gap, by_tenure)
    span = np.where(repeats > 0, np.maximum(span, 0.0), 0.0)
    return repeats, span, span + silent

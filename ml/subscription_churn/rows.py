"""Subscribers as they were known on a day: their subscription, and how they use what it pays for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.churn.settings import ChurnSettings
from ml.frames import FloatArray, floats, tidy
from ml.spec import Frames

#: Reason code to its columns. The codes are published: add, never rename.
GROUPS: dict[str, tuple[str, ...]] = {
    "subscription": ("subscription_days", "plan_days", "plans_before", "runs_before"),
    "price": ("monthly_amount", "amount_change"),
    "recency": ("days_since_last_active",),
    "engagement": ("active_days_7", "active_days_28", "active_days_90", "events_28", "touches_clicked_90"),
    "value": ("orders_90", "revenue_90"),
    "feedback": ("feedback_365",),
}
COLUMNS: tuple[str, ...] = tuple(column for columns in GROUPS.values() for column in columns)
_SUBSCRIPTION = (*GROUPS["subscription"], *GROUPS["price"])
#: Those of them the person's own snapshot tells.
USAGE: tuple[str, ...] = tuple(column for column in COLUMNS if column not in _SUBSCRIPTION)
TENURE = COLUMNS.index("subscription_days")


def subscribers(frames: Frames) -> pd.DataFrame:
    """One tidy row per day and subscriber, with ``is_churned`` where it is known."""
    paying = tidy(frames["ftr_subscription_snapshots"], [*_SUBSCRIPTION, "is_churned"])
    doing = tidy(frames["ftr_user_snapshots"], USAGE)
    joined = paying.merge(doing, on=["as_of", "user_key"], how="left", validate="one_to_one")
    return joined[["as_of", "user_key", *COLUMNS, "is_churned"]]


def select(frames: Frames, settings: ChurnSettings, grace_days: int) -> pd.DataFrame:
    """Labelled rows of days whose horizon and grace were over at the anchor, and the anchor's own.

    ``is_churned`` is NaN on the newest day, whose people are only described.
    """
    rows = subscribers(frames)
    newest = rows["as_of"].max()
    anchor = newest if settings.anchor is None else pd.Timestamp(settings.anchor)
    rows = rows[rows["as_of"] <= anchor].copy()
    waits = pd.Timedelta(days=settings.horizon_days + grace_days)
    rows["is_churned"] = floats(rows["is_churned"]).where(rows["as_of"] + waits <= anchor)
    kept = rows["is_churned"].notna() | (rows["as_of"] == rows["as_of"].max())
    ordered: pd.DataFrame = rows[kept].sort_values(["as_of", "user_key"], kind="stable")
    return ordered.reset_index(drop=True)


def matrix(rows: pd.DataFrame) -> FloatArray:
    """The features of tidy rows, columns as in ``COLUMNS``; unknowns are NaN."""
    return np.ascontiguousarray(rows[list(COLUMNS)].to_numpy(dtype="float64"))

"""The rows churn may learn from: eligible people on days whose whole label window is past."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.churn.features import COLUMNS
from ml.churn.settings import ChurnSettings
from ml.frames import days, floats, tidy


def eligible(snapshots: pd.DataFrame) -> pd.DataFrame:
    """Tidy rows of the people the model speaks of; without the column, all of them."""
    rows = tidy(snapshots, [*COLUMNS, "is_eligible"])
    if "is_eligible" in snapshots.columns:
        rows = rows[rows["is_eligible"] > 0]
    return rows.drop(columns="is_eligible").reset_index(drop=True)


def anchor_of(rows: pd.DataFrame, settings: ChurnSettings) -> pd.Timestamp:
    """The day training looks back from."""
    if settings.anchor is not None:
        return pd.Timestamp(settings.anchor)
    return pd.Timestamp.min if rows.empty else rows["as_of"].max()


def select(snapshots: pd.DataFrame, labels: pd.DataFrame | None, settings: ChurnSettings) -> pd.DataFrame:
    """Features and outcome, per day and person, sorted.

    A label window that ends after the anchor is not over: its rows are dropped, not called churn.
    ``is_churned`` is NaN on the newest snapshot at the anchor, which has features only: the
    baselines that need no outcome fit there.
    """
    rows = eligible(snapshots)
    return with_outcome(rows, _outcomes(labels), anchor_of(rows, settings), settings.horizon_days)


def with_outcome(
    rows: pd.DataFrame, outcome: pd.DataFrame, anchor: pd.Timestamp, horizon_days: int
) -> pd.DataFrame:
    """Tidy rows up to the anchor whose outcome was known on it, and those of the newest day.

    ``outcome`` has one row per day and person and its value in its last column, which is joined on.
    """
    name = outcome.columns[-1]
    outcome = outcome[outcome["as_of"] + pd.Timedelta(days=horizon_days) <= anchor]
    # Only keys are joined, so that the features are copied once.
    keys = rows[["as_of", "user_key"]]
    known = keys.merge(outcome, on=["as_of", "user_key"], how="left", validate="one_to_one")[name].to_numpy()
    is_past = rows["as_of"] <= anchor
    kept = is_past & (~np.isnan(known) | (rows["as_of"] == rows.loc[is_past, "as_of"].max()))
    found = rows[kept].reset_index(drop=True)
    found[name] = known[kept]
    return found


def _outcomes(labels: pd.DataFrame | None) -> pd.DataFrame:
    """One outcome per day and person; contradicting ones are no outcome."""
    columns = ["as_of", "user_key", "is_churned"]
    if labels is None or not set(columns) <= set(labels.columns) or labels.empty:
        return pd.DataFrame(
            {
                "as_of": pd.Series(dtype="datetime64[us]"),
                "user_key": pd.Series(dtype="object"),
                "is_churned": pd.Series(dtype="float64"),
            }
        )
    clean = pd.DataFrame(
        {
            "as_of": days(labels["as_of"]),
            "user_key": labels["user_key"].astype("object"),
            "is_churned": floats(labels["is_churned"]),
        }
    ).dropna()
    clean["user_key"] = clean["user_key"].astype(str)
    clean["is_churned"] = np.where(clean["is_churned"] > 0, 1.0, 0.0)
    clean = clean.drop_duplicates()
    return clean.drop_duplicates(["as_of", "user_key"], keep=False)

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
    anchor = anchor_of(rows, settings)
    rows = rows[rows["as_of"] <= anchor]
    outcome = _outcomes(labels)
    outcome = outcome[outcome["as_of"] + pd.Timedelta(days=settings.horizon_days) <= anchor]
    joined = rows.merge(outcome, on=["as_of", "user_key"], how="left", validate="one_to_one")
    newest = joined["as_of"] == joined["as_of"].max()
    joined = joined[joined["is_churned"].notna() | newest]
    ordered: pd.DataFrame = joined.sort_values(["as_of", "user_key"], kind="stable")
    return ordered.reset_index(drop=True)


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

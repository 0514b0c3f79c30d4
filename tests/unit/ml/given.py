"""Snapshots and labels as a model is given them: tables by name."""

from __future__ import annotations

import pandas as pd


def given(snapshots: pd.DataFrame, labels: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """The frames of churn and segments."""
    frames = {"ftr_user_snapshots": snapshots}
    return frames if labels is None else frames | {"ftr_churn_labels": labels}

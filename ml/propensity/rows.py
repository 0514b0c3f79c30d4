"""The rows propensity may learn from: everybody known on a day, and what is known of the days after it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.churn.features import COLUMNS
from ml.churn.rows import with_outcome
from ml.frames import days, floats, tidy
from ml.propensity.settings import PropensitySettings

FIRST, NEXT = "first_purchase", "next_purchase"
GOALS = (FIRST, NEXT)


def people(snapshots: pd.DataFrame) -> pd.DataFrame:
    """Tidy rows of everybody, with the goal each is asked about."""
    rows = tidy(snapshots, COLUMNS)
    return rows.assign(goal=np.where(rows["orders_all"] > 0, NEXT, FIRST))


def select(
    snapshots: pd.DataFrame, labels: pd.DataFrame | None, settings: PropensitySettings
) -> pd.DataFrame:
    """Features and outcome, per day and person, sorted.

    An outcome whose horizon ends after the anchor is not known on it. ``has_bought`` is NaN on the newest
    snapshot at the anchor, which has features only: BG/NBD, which needs no outcome, is fitted there.
    """
    rows = people(snapshots)
    newest = rows["as_of"].max()
    anchor = newest if settings.anchor is None else pd.Timestamp(settings.anchor)
    return with_outcome(rows, _outcomes(labels), anchor, settings.horizon_days)


def _outcomes(labels: pd.DataFrame | None) -> pd.DataFrame:
    """One outcome per day and person; contradicting ones are no outcome."""
    found = labels if labels is not None else pd.DataFrame(columns=["as_of", "user_key", "has_bought"])
    clean = pd.DataFrame(
        {
            "as_of": days(found["as_of"]),
            "user_key": found["user_key"].astype("object"),
            "has_bought": floats(found["has_bought"]),
        }
    ).dropna()
    clean["user_key"] = clean["user_key"].astype(str)
    clean["has_bought"] = np.where(clean["has_bought"] > 0, 1.0, 0.0)
    return clean.drop_duplicates().drop_duplicates(["as_of", "user_key"], keep=False)

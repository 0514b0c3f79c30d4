"""The people of the newest fit experiment, as they were known before their exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ml.experiments.arms import Experiment, experiments
from ml.experiments.verdict import flaws
from ml.frames import FloatArray, days, tidy

if TYPE_CHECKING:
    from ml.experiments.report import Rules
    from ml.spec import Frames

FEATURES = (
    "days_since_last_active", "days_since_last_order", "tenure_days", "active_days_28", "active_days_90",
    "events_28", "sessions_28", "orders_90", "orders_365", "orders_all", "revenue_90", "revenue_365",
    "touches_clicked_90",
)  # fmt: skip
# What never happened is as long ago as anything can be.
_NEVER = 3_660.0
_COLUMNS = ["experiment_id", "user_key", "treated", "responded", *FEATURES]


def select(frames: Frames, rules: Rules) -> pd.DataFrame:
    """One row per person; empty when no experiment is over, valid and of two variants.

    People exposed before the first snapshot are left out: nothing is known of them from before.
    """
    units, known = frames["ftr_experiment_units"], tidy(frames["ftr_user_snapshots"], FEATURES)
    for experiment in _newest_first(frames["ftr_experiment_arms"], rules):
        own = units[
            (units["experiment_id"] == experiment.experiment_id) & units["variant"].isin(experiment.variants)
        ]
        own = own.assign(exposed_on=days(own["exposed_on"])).sort_values(["exposed_on", "user_key"])
        own["user_key"] = own["user_key"].astype(str)
        before = known.rename(columns={"as_of": "known_on"}).sort_values(["known_on", "user_key"])
        joined = pd.merge_asof(
            own, before, left_on="exposed_on", right_on="known_on", by="user_key", allow_exact_matches=False
        )
        joined = joined[joined["known_on"].notna()]
        joined["treated"] = (joined["variant"] != experiment.control).astype("float64")
        joined["responded"] = joined["responded"].astype("float64")
        if joined["treated"].value_counts().reindex([0.0, 1.0], fill_value=0).min() >= rules["min_units"]:
            return joined[_COLUMNS].sort_values("user_key").reset_index(drop=True)
    return pd.DataFrame(
        {name: pd.Series(dtype="object" if name.endswith(("id", "key")) else "float64") for name in _COLUMNS}
    )


def _newest_first(arms: pd.DataFrame, rules: Rules) -> list[Experiment]:
    fit = [
        one
        for one in experiments(arms, rules["controls"])
        if len(one.shares) == 2
        and one.is_over(0)
        and not flaws(one.split(), rules["srm_alpha"], rules["max_multiple_share"])
    ]
    return sorted(fit, key=lambda one: (str(one.facts["ended_at"]), one.experiment_id), reverse=True)


def matrix(people: pd.DataFrame) -> FloatArray:
    """The features of tidy rows on the log scale, what never happened being long ago."""
    x = people[list(FEATURES)].to_numpy(dtype="float64")
    x = np.where(np.isnan(x), _NEVER, x)
    return np.asarray(np.sign(x) * np.log1p(np.abs(x)))

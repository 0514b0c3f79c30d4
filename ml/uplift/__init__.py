"""Uplift: how much more likely each person is to buy when treated as the newest experiment treated people.

Learned from the newest experiment that is over, valid and of two variants, on what was known of its people
before their exposure. A T-learner (one logistic regression per variant) is published only where the bootstrap
lower bound of its Qini, on people it was not fitted on, is above zero and above the Qini of a plain response
model; else everybody has the experiment's average effect (``rule:average_effect``), and ``method`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.
_RULES = ("controls", "max_multiple_share", "srm_alpha", "min_units")


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"rules": {name: settings["experiments"][name] for name in _RULES}, "seed": settings["seed"]}


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.uplift.rows import select

    return select(frames, settings["experiments"])


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.uplift.training import train

    return train(_select(frames, settings), int(settings["seed"]), int(settings["experiments"]["min_units"]))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.uplift.scoring import score

    columns = SPEC.tables["fct_uplift_scores"]
    return {"fct_uplift_scores": score(trained, frames["ftr_user_snapshots"], as_of, columns)}


def _columns() -> dict[str, tuple[str, ...]]:
    from ml.uplift.rows import FEATURES

    return {"ftr_user_snapshots": FEATURES}


SPEC = ModelSpec(
    name="uplift",
    purpose="profiling",
    needs=(
        "features.ftr_user_snapshots",
        "features.ftr_experiment_units",
        "features.ftr_experiment_arms",
    ),
    columns=_columns,
    tables={
        "fct_uplift_scores": {
            "user_key": "varchar",
            "experiment_id": "varchar",
            "uplift": "double",
            "method": "varchar",
            "model_version": "varchar",
            "as_of": "date",
        }
    },
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=1,
    is_anchored=False,
    watched=Watched("fct_uplift_scores.uplift"),
)

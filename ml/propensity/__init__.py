"""Propensity: who will buy within the coming horizon, for the first time or again.

``goal`` is ``first_purchase`` for whoever had not bought by the end of ``as_of`` and ``next_purchase`` for
whoever had; each has a model of its own, or the rule that model did not beat: how long ago they were last
here or last bought, or, for buyers, BG/NBD's probability of a purchase. ``method`` says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.propensity.settings import PropensitySettings

    return PropensitySettings.of(settings).fitting()


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.propensity.rows import select
    from ml.propensity.settings import PropensitySettings

    return select(
        frames["ftr_user_snapshots"], frames["ftr_purchase_labels"], PropensitySettings.of(settings)
    )


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.propensity.settings import PropensitySettings
    from ml.propensity.training import train

    return train(_select(frames, settings), PropensitySettings.of(settings))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.propensity.scoring import score

    columns = SPEC.tables["fct_propensities"]
    return {"fct_propensities": score(trained, frames["ftr_user_snapshots"], as_of, columns)}


def _columns() -> dict[str, tuple[str, ...]]:
    from ml.churn.features import COLUMNS

    return {"ftr_user_snapshots": COLUMNS}


SPEC = ModelSpec(
    name="propensity",
    purpose="profiling",
    needs=("features.ftr_user_snapshots", "features.ftr_purchase_labels"),
    columns=_columns,
    tables={
        "fct_propensities": {
            "user_key": "varchar",
            "goal": "varchar",
            "probability": "double",
            "horizon_days": "integer",
            "method": "varchar",
            "model_version": "varchar",
            "reason_1": "varchar",
            "reason_2": "varchar",
            "reason_3": "varchar",
            "as_of": "date",
        }
    },
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=3,
    watched=Watched("fct_propensities.probability", per="goal", windows="ftr_user_snapshots"),
    trusted=(
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    ),
)

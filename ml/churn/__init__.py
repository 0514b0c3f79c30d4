"""Churn of people without a contract: who will do nothing in the coming horizon, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import ModelSpec, Trained

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.churn.settings import ChurnSettings

    return ChurnSettings.of(settings).fitting()


def _select(
    snapshots: pd.DataFrame, labels: pd.DataFrame | None, settings: Mapping[str, Any]
) -> pd.DataFrame:
    from ml.churn.rows import select
    from ml.churn.settings import ChurnSettings

    return select(snapshots, labels, ChurnSettings.of(settings))


def _train(snapshots: pd.DataFrame, labels: pd.DataFrame | None, settings: Mapping[str, Any]) -> Trained:
    from ml.churn.settings import ChurnSettings
    from ml.churn.training import train

    return train(snapshots, labels, ChurnSettings.of(settings))


def _score(trained: Trained, snapshot: pd.DataFrame, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.churn.scoring import score

    return {"fct_churn_scores": score(trained, snapshot, as_of, SPEC.tables["fct_churn_scores"])}


SPEC = ModelSpec(
    name="churn",
    purpose="profiling",
    needs=("features.ftr_user_snapshots", "features.ftr_churn_labels"),
    tables={
        "fct_churn_scores": {
            "user_key": "varchar",
            "churn_probability": "double",
            "churn_band": "varchar",
            "horizon_days": "integer",
            "lookback_days": "integer",
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
    revision=1,
    trusted=(
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    ),
)

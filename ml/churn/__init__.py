"""Churn of people without a contract: who will do nothing in the coming horizon, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.


def _read(frames: Frames) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    return frames["ftr_user_snapshots"], frames.get("ftr_churn_labels")


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.churn.settings import ChurnSettings

    return ChurnSettings.of(settings).fitting()


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.churn.rows import select
    from ml.churn.settings import ChurnSettings

    return select(*_read(frames), ChurnSettings.of(settings))


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.churn.settings import ChurnSettings
    from ml.churn.training import train

    return train(*_read(frames), ChurnSettings.of(settings))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.churn.scoring import score

    return {"fct_churn_scores": score(trained, _read(frames)[0], as_of, SPEC.tables["fct_churn_scores"])}


def _columns() -> dict[str, tuple[str, ...]]:
    from ml.churn.features import COLUMNS

    return {"ftr_user_snapshots": ("is_eligible", *COLUMNS)}


SPEC = ModelSpec(
    name="churn",
    purpose="profiling",
    needs=("features.ftr_user_snapshots", "features.ftr_churn_labels"),
    columns=_columns,
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
    revision=3,
    watched=Watched("fct_churn_scores.churn_probability", windows="ftr_user_snapshots"),
    trusted=(
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    ),
)

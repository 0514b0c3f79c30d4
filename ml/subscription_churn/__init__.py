"""Churn of subscribers: whose subscriptions will all have ended by the horizon, and nothing begun after.

A person is asked about while a subscription of theirs runs; they have churned when the last one ended in
(as_of, as_of + H] and none began within the grace days. The learners are those of ``ml/churn``, on what is
known of the subscription and of how it is used; the rules to beat are the share that usually ends
(``rule:rate``) and how long it has run (``rule:tenure``). Where too few subscribe, or left, the share is
published untested and says so.
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
    from ml.churn.settings import ChurnSettings

    return ChurnSettings.of(settings).fitting() | {"grace_days": settings.get("grace_days", 0)}


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.churn.settings import ChurnSettings
    from ml.subscription_churn.rows import select

    return select(frames, ChurnSettings.of(settings), int(settings.get("grace_days", 0)))


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.churn.settings import ChurnSettings
    from ml.subscription_churn.training import train

    rows = _select(frames, settings)
    return train(rows, ChurnSettings.of(settings), int(settings.get("grace_days", 0)))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.subscription_churn.scoring import score

    table = "fct_subscription_churn_scores"
    return {table: score(trained, frames, as_of, SPEC.tables[table])}


def _columns() -> dict[str, tuple[str, ...]]:
    from ml.subscription_churn.rows import USAGE

    return {"ftr_user_snapshots": USAGE}


SPEC = ModelSpec(
    name="subscription_churn",
    purpose="profiling",
    needs=("features.ftr_subscription_snapshots", "features.ftr_user_snapshots"),
    columns=_columns,
    tables={
        "fct_subscription_churn_scores": {
            "user_key": "varchar",
            "churn_probability": "double",
            "churn_band": "varchar",
            "monthly_amount": "decimal(18, 4)",
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
    revision=2,
    watched=Watched("fct_subscription_churn_scores.churn_probability"),
    trusted=(
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    ),
)

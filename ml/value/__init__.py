"""Value: who still comes, how often, and what they will spend in the coming horizon.

``clv`` is the net revenue expected in ``clv_horizon_days``, not discounted. Of the parts,
``expected_purchases`` are days with a purchase and ``expected_value`` is what one of them is worth, both
by BG/NBD and Gamma-Gamma; where trees help, ``clv`` is the mean of their product and the trees' answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.
_READS = "ftr_purchase_days"


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.value.settings import ValueSettings

    return ValueSettings.of(settings).fitting()


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.value.settings import ValueSettings
    from ml.value.training import select

    return select(frames[_READS], ValueSettings.of(settings))


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.value.settings import ValueSettings
    from ml.value.training import train

    return train(frames[_READS], ValueSettings.of(settings))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.value.scoring import score

    return {"fct_value_forecasts": score(trained, frames[_READS], as_of, SPEC.tables["fct_value_forecasts"])}


SPEC = ModelSpec(
    name="value",
    purpose="profiling",
    needs=("features.ftr_purchase_days",),
    tables={
        "fct_value_forecasts": {
            "user_key": "varchar",
            "p_alive": "double",
            "expected_purchases": "double",
            "expected_value": "decimal(18, 4)",
            "clv": "decimal(18, 4)",
            "clv_horizon_days": "integer",
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
    watched=Watched("fct_value_forecasts.clv", earlier=lambda frames, _: frames),
    trusted=(
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    ),
)

"""Reach: the channel and the three hours of the day a person is likeliest to be active on.

What a person did counts beside some occasions of what everybody does (a Dirichlet prior): as many, of a tenth
of one to ten, as best told what they did from the rest of it, so that where habits are loose two visits make
none. It predicts where and when they are active, not whether a message would work: that takes an experiment.
``preferred_hour`` is the first of the three, on the clock of the business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The numerics are imported when first used: listing the models must cost nothing.
_READS = "ftr_reach_counts"


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.reach.backtest import TESTS
    from ml.reach.preference import PRIORS

    return {"priors": PRIORS, "cuts": len(TESTS), "horizon_days": int(settings.get("horizon_days", 30))}


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.reach.training import select

    return select(frames[_READS])


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.reach.training import select, train

    return train(select(frames[_READS]), int(settings.get("horizon_days", 30)))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.reach.scoring import score

    return {"fct_reach": score(trained, frames[_READS], as_of, SPEC.tables["fct_reach"])}


def _earlier(frames: Frames, _: date) -> Frames:
    counts = frames[_READS]
    return {_READS: counts.assign(times=counts["earlier_times"])}


SPEC = ModelSpec(
    name="reach",
    purpose="profiling",
    needs=("features.ftr_reach_counts",),
    tables={
        "fct_reach": {
            "user_key": "varchar",
            "preferred_channel": "varchar",
            "channel_probability": "double",
            "preferred_hour": "integer",
            "hour_probability": "double",
            "occasions": "integer",
            "method": "varchar",
            "model_version": "varchar",
            "as_of": "date",
        }
    },
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=3,
    watched=Watched(
        "fct_reach.hour_probability", values=("preferred_channel", "preferred_hour"), earlier=_earlier
    ),
)

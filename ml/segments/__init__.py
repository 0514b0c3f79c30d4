"""Segments: a handful of groups people stay in, with names and a rule anyone can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Trained, Watched

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

# The estimators are imported when first used: listing the models must cost nothing.


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    from ml.segments.settings import SegmentSettings

    return SegmentSettings.of(settings).fitting()


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.segments.rows import select
    from ml.segments.settings import SegmentSettings

    return select(frames["ftr_user_snapshots"], SegmentSettings.of(settings))


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.segments.settings import SegmentSettings
    from ml.segments.training import train

    return train(frames["ftr_user_snapshots"], SegmentSettings.of(settings))


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.segments.scoring import score

    return score(trained, frames["ftr_user_snapshots"], as_of, SPEC.tables)


def _columns() -> dict[str, tuple[str, ...]]:
    from ml.segments.rows import COLUMNS

    return {"ftr_user_snapshots": COLUMNS}


SPEC = ModelSpec(
    name="segments",
    purpose="profiling",
    needs=("features.ftr_user_snapshots",),
    columns=_columns,
    tables={
        "fct_user_segments": {
            "user_key": "varchar",
            "segment_id": "integer",
            "segment_name": "varchar",
            "model_version": "varchar",
            "as_of": "date",
        },
        "dim_segments": {
            "segment_id": "integer",
            "name_en": "varchar",
            "name_zh": "varchar",
            "rule": "varchar",
            "share": "double",
            "size": "integer",
            "as_of": "date",
        },
    },
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=3,
    watched=Watched("fct_user_segments.segment_name"),
)

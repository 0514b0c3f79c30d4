"""Tonight's scores are compared with what the same version says of some days ago."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from ml.spec import Frames, ModelSpec, Trained, Watched
from orchestration import drift, modelling
from orchestration.night import Night

Tonight = Callable[[date], Night]
DAY = date(2026, 3, 9)


def _scored(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    """A model that says of people how often they ordered in the last week."""
    rows = frames["ftr"]
    assert set(pd.to_datetime(rows["as_of"]).dt.date) <= {as_of}
    return {"said": rows[["user_key"]].assign(score=rows["orders_7"])}


SPEC = cast(
    "ModelSpec",
    SimpleNamespace(
        name="counts",
        needs=("features.ftr",),
        purpose="profiling",
        whole=frozenset(),
        columns=dict,
        watched=Watched("said.score", windows="ftr"),
        score=_scored,
    ),
)
TRAINED = Trained("counts", {"is": "fitted"}, "rule:counts", pd.DataFrame(), {}, "v1")


def _index(tonight: Tonight, spec: ModelSpec, trained: Trained, moved: int, **more: Any) -> dict[str, float]:
    """Compare 150 people who ordered 0 to 9 times a week ago and so much more often tonight."""
    night = tonight(DAY)
    with night.warehouse.open() as connection:
        connection.execute("create schema if not exists features")
        connection.execute("create schema if not exists intermediate")
        connection.execute(
            "create or replace table intermediate.int_privacy__consents as select 'p' || range as user_key,"
            " 'profiling' as purpose, case when range < 150 then 'granted' else 'withdrawn' end as status"
            " from range(200)"
        )
        connection.execute(
            "create or replace table features.ftr as"
            " select day as as_of, 'p' || n as user_key, 1 as tenure_days,"
            " n % 10 + case when day = $tonight then $moved else 0 end as orders_7"
            " from range(200) as people(n), (values ($tonight), ($before)) as days(day)",
            {"tonight": DAY, "before": DAY - timedelta(days=7), "moved": moved},
        )
        frames = modelling.frames(connection, spec, DAY)
        drift.record(connection, night, spec, trained, (frames, _scored(trained, frames, as_of=DAY)))
        found = connection.execute(
            "select measure, psi, people_before, people from predictions.ml_drift where model_version = 'v1'"
        ).fetchall()
        told = drift.told(connection, night, "counts")
    assert {people for _, _, *both in found for people in both} <= {150}, "those who let us profile"
    assert told.count("\n") == (len(found) + 1 if found else 0)
    return {measure: psi for measure, psi, *_ in found}


def test_a_world_that_stood_still_has_not_drifted_and_one_that_moved_has(tonight: Tonight) -> None:
    assert _index(tonight, SPEC, TRAINED, 0) == pytest.approx({"score": 0, "orders_7": 0})
    moved = _index(tonight, SPEC, TRAINED, 5)
    assert set(moved) == {"score", "orders_7"}, "a second try of the night replaces the first"
    assert min(moved.values()) > 0.25


def test_what_was_not_fitted_or_says_nothing_of_people_is_not_compared(tonight: Tonight) -> None:
    assert _index(tonight, SPEC, TRAINED, 5)
    assert _index(tonight, SPEC, replace(TRAINED, model={}), 5) == {}
    of_nobody = cast("ModelSpec", SimpleNamespace(**{**vars(SPEC), "watched": None}))
    assert _index(tonight, of_nobody, TRAINED, 5) == {}

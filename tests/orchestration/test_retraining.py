"""Each model learns again at its own pace, and scores every night."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pytest

from ml.spec import ModelSpec, Trained
from orchestration import modelling
from orchestration.defs import models
from orchestration.night import Night

Tonight = Callable[[date], Night]
Frames = Mapping[str, pd.DataFrame]
DAY, NEXT = date(2026, 3, 9), date(2026, 3, 10)


def _sum_of_orders(name: str) -> ModelSpec:
    """A model that learns one number of the days up to its anchor, and says it of everybody."""

    def select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
        rows = frames["ftr"]
        return rows[rows["as_of"] <= pd.Timestamp(settings["anchor"])]

    def train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
        rows = select(frames, settings)
        metrics = pd.DataFrame({"metric": ["days"], "value": [float(len(rows))], "baseline_value": [0.0]})
        return Trained(name, {"sum": float(rows["orders"].sum())}, "sum", metrics, {})

    def score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
        rows = frames["ftr"]
        said = rows.assign(score=trained.model["sum"], day=pd.Timestamp(as_of))
        return {f"said_by_{name}": said[["user_key", "score", "day"]]}

    return ModelSpec(
        name=name,
        purpose="profiling",
        needs=("features.ftr",),
        tables={f"said_by_{name}": {"user_key": "text", "score": "double", "day": "date"}},
        select=select,
        train=train,
        score=score,
        parameters=lambda _: {},
        revision=1,
    )


@pytest.fixture
def connection(tonight: Tonight) -> Iterator[duckdb.DuckDBPyConnection]:
    with tonight(DAY).warehouse.open() as opened:
        opened.execute("create schema features")
        opened.execute("create schema intermediate")
        opened.execute(
            """
            create table features.ftr as
            select * from (values
                (date '2026-03-10', 'b', 2.0), (date '2026-03-09', 'b', 1.0), (date '2026-03-09', 'a', 3.0)
            ) as t(as_of, user_key, orders)
            """
        )
        opened.execute(
            "create table intermediate.int_privacy__consents as"
            " select unnest(['a', 'b']) as user_key, 'profiling' as purpose, 'granted' as status"
        )
        yield opened


def test_on_a_night_between_a_model_scores_as_it_learned_while_another_learns_again(
    tonight: Tonight, connection: duckdb.DuckDBPyConnection
) -> None:
    """The ninth, a Monday, knows of three orders of a and one of b; the tenth of two of b."""
    specs = [_sum_of_orders("weekly"), _sum_of_orders("nightly")]
    retrain = {"nightly": "nightly"}
    versions, said = [], []
    for day in (DAY, NEXT):
        now = tonight(day)
        settings = now.tenant.settings.model_copy(update={"retrain": retrain})
        now = replace(now, tenant=replace(now.tenant, settings=settings))
        fitted = dict(models._fitted(connection, now, specs))
        for one in fitted.values():
            modelling.record(connection, now, one.trained)
        versions.append({name: (one.trained.version, one.is_new) for name, one in fitted.items()})
        rows = [rows for _, _, rows, _ in models._scored(connection, now, specs)]
        assert [sum(of.values()) for of in rows] == ([2, 2] if day == DAY else [1, 1])
        said.append(
            connection.execute(
                "select w.score, n.score, n.day from predictions.said_by_weekly as w, "
                "predictions.said_by_nightly as n where w.user_key = n.user_key and w.user_key = 'b'"
            ).fetchall()
        )
    (first, then), (monday, tuesday) = versions, said
    assert first["weekly"][1]
    assert then["weekly"] == (first["weekly"][0], False), "kept, and scoring"
    assert then["nightly"][1]
    assert then["nightly"][0] != first["nightly"][0]
    assert monday == [(4.0, 4.0, DAY)]
    assert tuesday == [(4.0, 2.0, NEXT)], "of the tenth alone: the ninth is no cut-off of it"

"""A drift that could be measured and was not stops the night; where too few are to be compared, none does.

What could be measured is asked of the measuring itself: the gate must demand it of the same worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from data_quality.night import Night
from data_quality.suites.predictions import ml_drift
from data_quality.validate import run_suite
from ml import catalogue, stability
from ml.spec import Frames

DAY, BEFORE = date(2026, 6, 30), date(2026, 6, 23)
NIGHT = Night(DAY, datetime.fromisoformat("2026-06-30 16:00"), frozenset({"events"}))
TABLES = {
    "ftr_reach_counts": "features",
    "ftr_item_days": "features",
    "ftr_items": "features",
    "ftr_people": "features",
    "int_feedback__feedback": "intermediate",
}


def keyed(number: int) -> str:
    return f"{number:064x}"


def visited(then: int, now: int) -> Frames:
    """So many people were there by the earlier day, so many by tonight."""
    rows = [
        {"user_key": keyed(one), "aspect": aspect, "choice": choice, "times": 3, "learn_times": 1}
        for one in range(now)
        for aspect, choice in (("channel", "web"), ("hour", "9"))
    ]
    frame = pd.DataFrame(rows, columns=["user_key", "aspect", "choice", "times", "learn_times"])
    known = frame["user_key"] < keyed(then)
    return {"ftr_reach_counts": frame.assign(test_times=1, earlier_times=np.where(known, 2, 0))}


def listed(then: int, now: int) -> Frames:
    """One of four items each, of ``then`` people by the earlier day, of the others since."""
    rows = [(keyed(one), f"i{one % 4}", pd.Timestamp(BEFORE if one < then else DAY)) for one in range(now)]
    items = [f"i{one}" for one in range(4)]
    return {
        "ftr_item_days": pd.DataFrame(rows, columns=["user_key", "item_id", "day"]).assign(actions=1),
        "ftr_items": pd.DataFrame({"item_id": items, "category": items, "is_available": True}),
        "ftr_people": pd.DataFrame({"user_key": [keyed(one) for one in range(now)]}, dtype="object"),
    }


def said(then: int, now: int) -> Frames:
    """So many texts of the four weeks up to the earlier day but not tonight's, and the other way round."""
    first, last = BEFORE - timedelta(days=27), DAY
    rows = [
        {"feedback_id": f"f{number}", "user_key": keyed(number) if number % 2 else None, "feedback_day": day}
        for number, day in enumerate([first] * then + [last] * now + [first - timedelta(days=1)] * 300)
    ]
    frame = pd.DataFrame(rows).assign(kind="review", score_100=np.nan, language="en", text="great, love it")
    # Stars without a word are no text.
    silent = frame.assign(feedback_id="s" + frame["feedback_id"], text=None)
    frame = pd.concat([frame, silent], ignore_index=True)
    frame["feedback_day"] = pd.to_datetime(frame["feedback_day"])
    return {"int_feedback__feedback": frame}


def world(connection: duckdb.DuckDBPyConnection, model: str, frames: Frames) -> bool:
    """Write a night's tables of a model as it makes them; returns whether there was something to compare."""
    spec = catalogue.specs()[model]
    assert spec.watched is not None
    assert spec.watched.earlier is not None
    trained = spec.train(frames, {"anchor": BEFORE})
    scored = spec.score(trained, frames, as_of=DAY)
    then = stability.thinned(spec.watched.earlier(frames, BEFORE), spec.watched.asked)
    found = stability.compared(
        spec.watched, (then, spec.score(trained, then, as_of=BEFORE)), (frames, scored)
    )
    connection.execute(
        "create schema predictions; create schema features; create schema intermediate;"
        "create table features.ftr_reach_counts (user_key text, earlier_times bigint);"
        "create table features.ftr_people (user_key text);"
        "create table features.ftr_item_days (user_key text, item_id text, day date, actions bigint);"
        "create table features.ftr_items (item_id text, is_available boolean);"
        "create table intermediate.int_feedback__feedback"
        " (feedback_id text, user_key text, feedback_day date, text text);"
        "create table intermediate.int_privacy__consents as select printf('%064x', range) as user_key,"
        " unnest(['analytics', 'profiling', 'personalisation']) as purpose, 'granted' as status"
        " from range(2000);"
        "create table predictions.ml_drift (model text, model_version text, measure text, psi double,"
        " people_before bigint, people bigint, as_of date)"
    )
    for one in catalogue.specs().values():
        for table, columns in one.tables.items():
            told = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"create table predictions.{table} ({told})")
    given = {f"{TABLES[name]}.{name}": frame for name, frame in frames.items()}
    given |= {f"predictions.{name}": frame for name, frame in scored.items()}
    for table, rows in given.items():
        known = connection.execute(f"select * from {table} limit 0").df().columns
        connection.register("given", rows[[name for name in known if name in rows]])
        connection.execute(f"insert into {table} by name select * from given")
        connection.unregister("given")
    return not found.empty


def unmeasured(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = run_suite(connection, ("predictions", "ml_drift"), NIGHT)
    asked = {one.expectation: one for one in found if one.expectation.startswith("the drift of")}
    assert len(asked) == 3
    assert not [one.exception for one in asked.values() if one.exception]
    assert all(one.severity == "critical" for one in asked.values())
    return {name for name, one in asked.items() if not one.success}


@pytest.mark.parametrize(
    ("model", "frames_of", "then", "now", "is_comparable"),
    [
        ("reach", visited, 100, 150, True),
        ("reach", visited, 99, 150, False),
        ("reach", visited, 0, 150, False),
        ("recommendations", listed, 100, 100, True),
        ("recommendations", listed, 2, 101, True),
        # One item was there, and one of the hundred had it.
        ("recommendations", listed, 1, 100, False),
        ("recommendations", listed, 1, 101, True),
        ("recommendations", listed, 0, 100, False),
        ("recommendations", listed, 99, 99, False),
        ("feedback", said, 100, 100, True),
        ("feedback", said, 99, 100, False),
        ("feedback", said, 100, 99, False),
    ],
)
def test_what_can_be_compared_must_have_been(
    model: str, frames_of: Callable[[int, int], Frames], then: int, now: int, is_comparable: bool
) -> None:
    name = f"the drift of {model} is measured"
    with duckdb.connect() as connection:
        assert world(connection, model, frames_of(then, now)) == is_comparable
        assert unmeasured(connection) == ({name} if is_comparable else set())
        row = [model, "v1", "score", 0.01, 100, 100]
        told = "insert into predictions.ml_drift values (?, ?, ?, ?, ?, ?, ?)"
        connection.execute(told, [*row, DAY - timedelta(days=1)])
        connection.execute(told, ["value", *row[1:], DAY])
        assert unmeasured(connection) == ({name} if is_comparable else set()), "of another night, or model"
        connection.execute(told, [*row, DAY])
        assert unmeasured(connection) == set()


def test_of_very_many_those_of_the_smallest_keys_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred were there by the earlier day, but of the keys that are looked at only ninety-nine."""
    monkeypatch.setattr(stability, "MOST_PEOPLE", 150)
    monkeypatch.setattr(ml_drift, "REACHED", ml_drift.REACHED.replace("20000", "150"))
    frames = dict(visited(99, 600))
    counts = frames["ftr_reach_counts"]
    late = counts["user_key"] >= keyed(499)
    frames["ftr_reach_counts"] = counts.assign(earlier_times=counts["earlier_times"].where(~late, 2))
    with duckdb.connect() as connection:
        assert not world(connection, "reach", frames)
        assert unmeasured(connection) == set()

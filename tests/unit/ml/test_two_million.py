"""Two million people: what a night asks of the largest tenant, as far as a test has time for it.

`make bench-models MANY=2000000` trains and scores the models of people on as many.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml import catalogue
from ml.churn.backtest import lottery
from ml.segments.rows import COLUMNS
from tests.unit.ml.conftest import Frames

PEOPLE = 2_000_000


def test_each_of_two_million_people_is_in_one_segment_and_no_other_than_alone(frames: Frames) -> None:
    """Everybody of a small world, some thousand times under other keys: segments as in the small one."""
    spec = catalogue.specs()["segments"]
    trained = spec.train({"ftr_user_snapshots": frames[0]}, {})
    newest = frames[0][frames[0]["as_of"] == frames[0]["as_of"].max()]
    newest = newest.sort_values("user_key").reset_index(drop=True)
    as_of = newest["as_of"].max()
    alone = spec.score(trained, {"ftr_user_snapshots": newest}, as_of=as_of.date())["fct_user_segments"]
    keys = pd.Series(np.char.mod("%08x", np.arange(PEOPLE)), dtype="str")
    person = np.arange(PEOPLE) % len(newest)
    many = newest[list(COLUMNS)].iloc[person].reset_index(drop=True).assign(user_key=keys, as_of=as_of)
    shuffled = many.iloc[np.random.default_rng(1).permutation(PEOPLE)]
    tables = spec.score(trained, {"ftr_user_snapshots": shuffled}, as_of=as_of.date())
    found = tables["fct_user_segments"]
    assert len(found) == PEOPLE
    assert (found["user_key"].astype("str").array == keys.array).all()
    assert (found["segment_id"].to_numpy() == alone["segment_id"].to_numpy()[person]).all()
    assert int(tables["dim_segments"]["size"].sum()) == PEOPLE


def test_of_two_million_rows_those_of_whole_people_are_drawn_to_learn_from() -> None:
    people = pd.Series(np.char.mod("%08x", np.arange(PEOPLE // 2)), dtype="str")
    twice = pd.concat([people, people], ignore_index=True)
    drawn = lottery(twice, 40_000, 7)
    assert len(drawn) == 40_000
    assert (drawn[:20_000] + PEOPLE // 2 == drawn[20_000:]).all(), "both rows of a person, or neither"
    assert 0.48 < np.mean(drawn[:20_000] < PEOPLE // 4) < 0.52, "of all keys alike"

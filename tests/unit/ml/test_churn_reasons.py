"""Reasons name the planted cause, and stay silent about what does not move the score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.churn import SPEC
from ml.churn.features import COLUMNS, GROUPS
from tests.unit.ml.given import given

DAYS = pd.date_range("2025-01-01", periods=5, freq="30D")


def caused_by(column: str) -> pd.DataFrame:
    """People whose every feature is noise; only ``column`` decides whether they leave."""
    random = np.random.default_rng(11)
    people = 900
    frames = []
    for day in DAYS:
        frame = pd.DataFrame({name: random.gamma(2.0, 5.0, people).round() for name in COLUMNS})
        p = 1 / (1 + np.exp((frame[column] - 8.0) * 1.2))
        frame["is_churned"] = random.random(people) < p
        frames.append(frame.assign(as_of=day, user_key=[f"{one:04d}" for one in range(people)]))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize(
    ("column", "group"),
    [
        ("events_28", "engagement"),
        ("revenue_90", "value"),
        ("feedback_365", "feedback"),
        ("gap_ratio", "rhythm"),
    ],
)
def test_the_planted_cause_is_the_first_reason(column: str, group: str):
    world = caused_by(column)
    trained = SPEC.train(
        given(world.drop(columns="is_churned"), world[["as_of", "user_key", "is_churned"]]), {}
    )
    scored = SPEC.score(trained, given(world.drop(columns="is_churned")), as_of=DAYS[-1].date())[
        "fct_churn_scores"
    ]
    sure = scored[(scored["churn_probability"] > 0.8) | (scored["churn_probability"] < 0.2)]
    assert len(sure) > 200
    assert (sure["reason_1"] == group).mean() > 0.97
    (rests_on,) = [panel for panel in trained.card["plots"] if panel["kind"] == "bars"]
    assert rests_on["bars"][0][0] == group


def test_reasons_are_known_codes_and_never_repeat(frames: tuple[pd.DataFrame, pd.DataFrame]):
    snapshots, labels = frames
    trained = SPEC.train(given(snapshots, labels), {"folds": 1})
    scored = SPEC.score(trained, given(snapshots), as_of=snapshots["as_of"].max().date())["fct_churn_scores"]
    codes = scored[["reason_1", "reason_2", "reason_3"]]
    assert set(pd.unique(codes.to_numpy().ravel())) - {None} <= set(GROUPS)
    assert scored["reason_1"].notna().all()
    assert not (scored["reason_2"].isna() & scored["reason_3"].notna()).any()
    for row in codes.itertuples(index=False):
        said = [code for code in row if code is not None]
        assert len(said) == len(set(said))


def test_a_plain_rule_has_its_one_reason(frames: tuple[pd.DataFrame, pd.DataFrame]):
    snapshots, labels = frames
    trained = SPEC.train(given(snapshots, labels), {"min_gain": 1.0, "folds": 1})
    assert trained.method in {"rule:recency", "rule:bgnbd"}
    scored = SPEC.score(trained, given(snapshots), as_of=snapshots["as_of"].max().date())["fct_churn_scores"]
    assert set(scored["reason_1"]) <= {"recency", "frequency", "rhythm", "tenure"}

"""Whatever the people of an experiment look like, uplift trains, scores everybody, and says what it is."""

from __future__ import annotations

import warnings
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml.spec import Trained
from ml.uplift import SPEC
from ml.uplift.rows import FEATURES
from orchestration.experiments import ExperimentRules

BEFORE, EXPOSED, DAY = date(2026, 6, 1), date(2026, 6, 10), date(2026, 6, 30)
MOVED = 0.3
Frames = dict[str, pd.DataFrame]


def _settings(min_units: int = 100) -> dict[str, Any]:
    return {"experiments": ExperimentRules().rendered() | {"min_units": min_units}, "seed": 7}


def _frames(people: int, arms: tuple[str, ...] = ("control", "new"), **spoiled: Any) -> Frames:
    """An experiment that is over, of people whom the treatment moves unless they had ordered before."""
    random = np.random.default_rng(4)
    keys = [f"{number:06d}" for number in range(people)]
    known = pd.DataFrame({name: random.poisson(3, people).astype(float) for name in FEATURES})
    loyal = random.random(people) < 0.5
    known["orders_90"] = np.where(loyal, 2.0, 0.0)
    variant = np.array(arms)[np.arange(people) % len(arms)]
    p = 0.1 + 0.3 * loyal + MOVED * (variant == "new") * ~loyal
    snapshots = pd.concat(
        [known.assign(user_key=keys, as_of=day, **spoiled) for day in (BEFORE, DAY)], ignore_index=True
    )
    units = pd.DataFrame(
        {
            "experiment_id": "x",
            "user_key": keys,
            "variant": variant,
            "exposed_on": EXPOSED,
            "responded": random.random(people) < p,
        }
    )
    said = pd.DataFrame(
        {
            "experiment_id": "x",
            "variant": ["control", "new"],
            "declared_variants": '{"control": 1, "new": 1}',
            "is_declared": True,
            "seconds_since_end": 1.0,
            "ended_at": pd.Timestamp("2026-06-20"),
            "units": [int((variant == one).sum()) for one in ("control", "new")],
            "multiple_units": 0,
            "outside_units": 0,
        }
    )
    return {"ftr_experiment_arms": said, "ftr_experiment_units": units, "ftr_user_snapshots": snapshots}


def _published(frames: Frames, min_units: int = 100) -> tuple[Trained, pd.DataFrame]:
    with warnings.catch_warnings():
        # An average over nobody, or a division by nothing, would be a number that is none.
        warnings.simplefilter("error", RuntimeWarning)
        trained = SPEC.train(frames, _settings(min_units))
        snapshots = frames["ftr_user_snapshots"]
        today = snapshots[snapshots["as_of"] == DAY]
        scores = SPEC.score(trained, frames | {"ftr_user_snapshots": today}, as_of=DAY)
    return trained, scores["fct_uplift_scores"]


@pytest.mark.parametrize(
    "spoiled",
    [
        dict.fromkeys(FEATURES, 0.0),
        dict.fromkeys(FEATURES, np.nan),
        dict.fromkeys(FEATURES, None),
        {"events_28": np.inf, "revenue_90": -np.inf},
        {"revenue_365": 1e300, "orders_all": -1e300},
        {"sessions_28": "many"},
    ],
    ids=["constant", "unknown", "null", "infinite", "huge", "text"],
)
def test_spoiled_features_leave_everybody_a_score_that_is_one(spoiled: dict[str, Any]) -> None:
    trained, scores = _published(_frames(3_000, **spoiled))
    assert len(scores) == 3_000
    assert scores["uplift"].between(-1, 1).all()
    # Half of the people are moved by three tenths, whatever is known of them.
    assert scores["uplift"].mean() == pytest.approx(MOVED / 2, abs=0.05)
    assert set(scores["method"]) == {trained.method}


def test_features_that_say_nothing_teach_the_average_and_those_left_whole_still_teach() -> None:
    blind, _ = _published(_frames(3_000, **dict.fromkeys(FEATURES, 0.0)))
    assert blind.method == "rule:average_effect"
    seeing, scores = _published(_frames(3_000, events_28=np.inf, revenue_365=None))
    assert seeing.method == "t_learner"
    assert scores["uplift"].nunique() > 10


def test_one_arm_teaches_nothing() -> None:
    trained, scores = _published(_frames(400, arms=("new",)))
    assert (trained.method, trained.model) == ("none", {})
    assert "no experiment is over, valid, of two variants" in trained.reason
    assert scores.empty


def test_ten_people_teach_nothing_or_their_average() -> None:
    trained, scores = _published(_frames(10))
    assert (trained.method, len(scores)) == ("none", 0)
    frames = _frames(10)
    trained, scores = _published(frames, min_units=2)
    responded = frames["ftr_experiment_units"].groupby("variant")["responded"].mean()
    assert trained.method == "rule:average_effect"
    assert "20 are needed" in trained.reason
    assert scores["uplift"].to_numpy() == pytest.approx(responded["new"] - responded["control"])


def test_everybody_responding_or_nobody_is_an_effect_of_nought() -> None:
    frames = _frames(600)
    for responded in (True, False):
        units = frames["ftr_experiment_units"].assign(responded=responded)
        trained, scores = _published(frames | {"ftr_experiment_units": units})
        assert trained.method == "rule:average_effect"
        assert (scores["uplift"] == 0).all()


def test_people_delivered_twice_are_scored_once() -> None:
    frames = _frames(600)
    twice = pd.concat([frames["ftr_user_snapshots"], frames["ftr_user_snapshots"].iloc[-50:]])
    _, scores = _published(frames | {"ftr_user_snapshots": twice})
    assert scores["user_key"].is_unique
    assert len(scores) == 600

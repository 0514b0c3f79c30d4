"""Uplift is published where it is surely there: where some are moved, and not where all or none are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.experiments.arms import experiments
from ml.frames import FloatArray
from ml.uplift import SPEC
from ml.uplift.qini import lower_bound, qini
from ml.uplift.rows import FEATURES, select
from ml.uplift.training import train
from orchestration.experiments import ExperimentRules

RULES = ExperimentRules().rendered()
DAY = date(2026, 6, 30)


def _people(n: int, moved: float, everyone: float, seed: int = 5) -> pd.DataFrame:
    """Who bought before buys anyway; the treatment moves the others by `moved`, and all by `everyone`."""
    rng = np.random.default_rng(seed)
    known = {name: rng.poisson(3, n).astype(float) for name in FEATURES}
    loyal = rng.random(n) < 0.5
    known["orders_90"] = np.where(loyal, 1.0 + rng.poisson(2, n), 0.0)
    treated = (rng.random(n) < 0.5).astype(float)
    p = 0.1 + 0.3 * loyal + 0.02 * np.minimum(known["sessions_28"], 5)
    p = p + treated * (everyone + moved * ~loyal)
    return pd.DataFrame(
        {
            "experiment_id": "x",
            "user_key": [f"{i:06d}" for i in range(n)],
            "treated": treated,
            "responded": (rng.random(n) < p).astype(float),
            **known,
        }
    )


def _array(*values: float) -> FloatArray:
    return np.array(values, dtype=float)


def test_qini_worked_by_hand() -> None:
    """Gains 0, 1, 1, 1 over a line of .25 .5 .75 1: (-.25 + .5 + .25 + 0) / 16."""
    score, treated, bought = _array(4, 3, 2, 1), _array(0, 1, 0, 1), _array(0, 1, 0, 0)
    # After two: one treated bought, no control of one. After four: 1 - 0 x 2 / 2.
    assert qini(score, treated, bought) == pytest.approx((-0.25 + 0.5 + 0.25 + 0.0) / 4**2)
    assert qini(score[:3], treated[:3], bought[:3]) == pytest.approx(
        qini(score, treated, bought, _array(1, 1, 1, 0))
    ), "a person counted not at all is not there"


def test_a_ranking_by_chance_has_no_sure_qini() -> None:
    people = _people(4_000, 0.3, 0.0)
    t, y = people["treated"].to_numpy(), people["responded"].to_numpy()
    at_random = np.random.default_rng(2).random(len(t))
    assert lower_bound(at_random, t, y, seed=1) < 0
    assert lower_bound(-people["orders_90"].to_numpy(), t, y, seed=1) > 0


def test_where_some_are_moved_the_learner_is_published_and_finds_them() -> None:
    people = _people(6_000, 0.3, 0.0)
    trained = train(people, 7, 100)
    assert trained.method == "t_learner"
    metrics = trained.metrics.set_index("metric")
    assert metrics.loc["qini_low", "value"] > max(metrics.loc["qini", "baseline_value"], 0)
    snapshot = people.assign(as_of=DAY)
    scores = SPEC.score(trained, {"ftr_user_snapshots": snapshot}, as_of=DAY)["fct_uplift_scores"]
    loyal = people.sort_values("user_key")["orders_90"].to_numpy() > 0
    uplift = scores["uplift"].to_numpy()
    assert uplift[~loyal].mean() == pytest.approx(0.3, abs=0.06)
    assert uplift[loyal].mean() == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize("everyone", [0.0, 0.1])
def test_where_nobody_is_moved_more_than_others_everybody_has_the_average_effect(everyone: float) -> None:
    people = _people(6_000, 0.0, everyone)
    trained = train(people, 7, 100)
    assert trained.method == "rule:average_effect"
    assert "Qini's lower bound" in trained.reason
    scores = SPEC.score(trained, {"ftr_user_snapshots": people.assign(as_of=DAY)}, as_of=DAY)[
        "fct_uplift_scores"
    ]
    y, t = people["responded"], people["treated"]
    assert scores["uplift"].unique() == pytest.approx([y[t > 0].mean() - y[t == 0].mean()])


def test_too_few_who_bought_teach_the_average_and_no_experiment_teaches_nothing() -> None:
    few = train(_people(300, 0.0, 0.0).assign(responded=0.0), 7, 100)
    assert (few.method, few.model["average"]) == ("rule:average_effect", 0.0)
    nobody = train(_people(300, 0.0, 0.0).iloc[:0], 7, 100)
    assert (nobody.method, nobody.model) == ("none", {})
    scored = SPEC.score(nobody, {"ftr_user_snapshots": _people(9, 0, 0).assign(as_of=DAY)}, as_of=DAY)
    assert scored["fct_uplift_scores"].empty


def _frames(declared: str = '{"control": 1, "new": 1}', since_end: float = 1.0) -> dict[str, pd.DataFrame]:
    arms = pd.DataFrame(
        {
            "experiment_id": "x", "variant": ["control", "new"], "declared_variants": declared,
            "is_declared": True, "seconds_since_end": since_end, "ended_at": pd.Timestamp("2026-06-20"),
            "units": 100, "multiple_units": 0, "outside_units": 0,
        }
    )  # fmt: skip
    units = pd.DataFrame(
        {
            "experiment_id": "x", "user_key": [f"{i:03d}" for i in range(200)],
            "variant": ["control", "new"] * 100, "exposed_on": date(2026, 6, 10),
            "responded": [True, False] * 100,
        }
    )  # fmt: skip
    days = [date(2026, 5, 1), date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 30)]
    snapshots = pd.concat(
        [units[["user_key"]].assign(as_of=day, orders_all=float(n)) for n, day in enumerate(days)]
    )
    return {"ftr_experiment_arms": arms, "ftr_experiment_units": units, "ftr_user_snapshots": snapshots}


def test_only_what_was_known_before_the_exposure_is_learned_from() -> None:
    rows = select(_frames(), RULES)
    assert len(rows) == 200
    assert set(rows["orders_all"]) == {1.0}, "of the day before, not of the day or after"
    assert rows.groupby("treated")["responded"].mean().to_dict() == {0.0: 1.0, 1.0: 0.0}


@pytest.mark.parametrize(
    "frames",
    [
        _frames(since_end=-1.0),
        _frames(declared='{"control": 9, "new": 1}'),
        _frames(declared='{"control": 1, "new": 1, "other": 1}'),
        _frames() | {"ftr_user_snapshots": _frames()["ftr_user_snapshots"].query("orders_all > 1")},
    ],
    ids=["running", "split unlike the intended", "three variants", "nothing known from before"],
)
def test_an_unfit_experiment_teaches_nothing(frames: dict[str, pd.DataFrame]) -> None:
    assert list(experiments(frames["ftr_experiment_arms"], RULES["controls"]))
    assert select(frames, RULES).empty

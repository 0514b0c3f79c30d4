"""Where and when people are active: planted habits are found, few visits make none, nothing later is seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml import registry
from ml.reach import SPEC, preference
from ml.spec import Trained

DAY = date(2026, 6, 30)
HOURS = [0, 3, 6, 9, 12, 15, 18, 21]


def counted(
    user_key: str, aspect: str, choice: str, learn: int, test: int, later: int = 0
) -> dict[str, object]:
    return {
        "user_key": user_key,
        "aspect": aspect,
        "choice": choice,
        "learn_times": learn,
        "test_times": test,
        "times": learn + test + later,
    }


def town(people: int = 500, habit: float = 0.6, seed: int = 1) -> pd.DataFrame:
    """Everyone has an hour and a channel of their own, kept to with probability ``habit``."""
    random = np.random.default_rng(seed)
    common = np.array([1, 1, 1, 3, 4, 3, 6, 5]) / 24
    rows = []
    for number in range(people):
        own_hour, own_channel = random.choice(8, p=common), random.integers(3)
        for aspect, own, shares in (
            ("hour", own_hour, common),
            ("channel", own_channel, np.array([0.5, 0.3, 0.2])),
        ):
            p = (1 - habit) * shares
            p[own] += habit
            learn, test = random.multinomial(random.integers(0, 40), p), random.multinomial(5, p)
            names = [str(hour) for hour in HOURS] if aspect == "hour" else ["app", "web", "mini_program"]
            rows += [
                counted(f"{number:064x}", aspect, names[at], int(learn[at]), int(test[at]))
                for at in range(len(p))
                if learn[at] + test[at] > 0
            ]
    return pd.DataFrame(rows)


def published(frame: pd.DataFrame) -> tuple[Trained, pd.DataFrame]:
    frames = {"ftr_reach_counts": frame}
    trained = SPEC.train(frames, {})
    table = SPEC.score(trained, frames, as_of=DAY)["fct_reach"]
    assert list(table.columns) == list(SPEC.tables["fct_reach"])
    assert table["hour_probability"].dropna().between(0, 1).all()
    return trained, table


def backtest(trained: Trained, aspect: str) -> dict[str, dict[str, float]]:
    """The means over the cuts, by candidate."""
    return {row["candidate"]: row for row in trained.card["aspects"][aspect]["backtest"]}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return town()


def test_habits_are_found_and_beat_everybodys_and_ones_own(frame: pd.DataFrame):
    trained, table = published(frame)
    assert trained.method == "dirichlet"
    assert set(table["user_key"]) == set(frame["user_key"])
    tested = backtest(trained, "hour")
    assert tested["dirichlet"]["log_loss"] < tested["rule:global"]["log_loss"] - 0.3
    assert tested["dirichlet"]["log_loss"] < tested["rule:own"]["log_loss"] - 0.3
    assert tested["dirichlet"]["hit_rate"] > tested["rule:global"]["hit_rate"] + 0.2


def test_people_who_never_leave_their_channel_are_reached_on_it():
    """Each keeps to a channel and an hour of their own: no one choice may be told of all of them."""
    kept = town(habit=0.999)
    trained, table = published(kept)
    own = kept[kept["aspect"] == "channel"].sort_values("times").groupby("user_key")["choice"].last()
    learnt = kept[(kept["aspect"] == "channel") & (kept["learn_times"] > 0)]["user_key"]
    said = table.set_index("user_key")["preferred_channel"]
    assert (said[learnt.unique()] == own[learnt.unique()]).mean() > 0.99
    for aspect in ("channel", "hour"):
        tested = backtest(trained, aspect)
        best = min((tested[name] for name in ("rule:global", "rule:own")), key=lambda one: one["log_loss"])
        told = trained.metrics.set_index("metric")
        for measure in ("hit_rate", "log_loss", "ece"):
            assert told.loc[f"{aspect}_{measure}", "baseline_value"] == pytest.approx(best[measure], abs=1e-6)


def test_where_a_rule_is_not_beaten_the_better_one_is_published():
    # Nobody ever does anything else, so drawing them towards others can only lose.
    rows = [
        counted(f"{number:064x}", aspect, choices[number % 3], 20, 5)
        for number in range(90)
        for aspect, choices in (("hour", ["9", "12", "18"]), ("channel", ["app", "web", "mini_program"]))
    ]
    trained, table = published(pd.DataFrame(rows))
    assert trained.method == "rule:own"
    assert "of rule:own" in trained.reason
    assert table["preferred_channel"].value_counts().to_dict() == {"app": 30, "web": 30, "mini_program": 30}
    assert (trained.metrics["value"] == trained.metrics["baseline_value"]).all()


def test_the_prior_is_what_told_each_occasion_best_from_the_others():
    """Worked by hand: one person's two occasions apart and another's, everybody's shares being 1/2 each.

    Of each occasion the other one was the other choice: (0 + k/2) / (1 + k), largest for the largest k. Were
    both the same choice: (1 + k/2) / (1 + k), largest for the smallest.
    """
    everyone = np.array([0.5, 0.5])
    assert preference.prior_of(np.array([[1.0, 1.0], [1.0, 1.0]]), everyone) == preference.PRIORS[-1]
    assert preference.prior_of(np.array([[2.0, 0.0], [0.0, 2.0]]), everyone) == preference.PRIORS[0]
    assert preference.prior_of(np.array([[1.0, 0.0], [0.0, 1.0]]), everyone) == preference.PRIORS[-1], (
        "one occasion each tells nothing of habits"
    )


def test_probabilities_are_ones_own_times_beside_ten_of_everybodys():
    """Worked by hand: of 40 occasions 30 are at 18, so everybody's share of it is 3/4."""
    rows = [counted("a" * 64, "hour", "18", 30, 0), counted("b" * 64, "hour", "9", 6, 0)]
    rows += [counted("c" * 64, "hour", "9", 4, 0)]
    rows += [counted(key * 64, "channel", "app", 1, 0) for key in "abc"]
    trained = SPEC.train({"ftr_reach_counts": pd.DataFrame(rows)}, {})
    trained.model["hour"]["method"] = "dirichlet"
    table = SPEC.score(trained, {"ftr_reach_counts": pd.DataFrame(rows)}, as_of=DAY)["fct_reach"]
    found = table.set_index("user_key")
    assert found.loc["a" * 64, "hour_probability"] == pytest.approx((30 + 7.5) / 40)
    # Six times at 9 do not outweigh everybody's evening: (6 + 2.5) / 16 against 7.5 / 16.
    assert found.loc["b" * 64, "preferred_hour"] == 9
    assert found.loc["b" * 64, "hour_probability"] == pytest.approx(8.5 / 16)
    # Four do not reach it.
    assert found.loc["c" * 64, "preferred_hour"] == 18
    assert found.loc["c" * 64, "hour_probability"] == pytest.approx(7.5 / 14)
    assert found.loc["c" * 64, "occasions"] == 4


def test_where_nobody_has_habits_everybodys_are_published_and_say_why():
    # Hours drawn anew each time: what somebody did says nothing of what they will.
    trained, table = published(town(habit=0.0))
    assert trained.method == "rule:global"
    assert trained.reason
    assert table["preferred_hour"].nunique() == 1


def test_what_came_after_the_anchor_changes_no_model(frame: pd.DataFrame):
    later = frame.assign(times=frame["times"] + 100)
    new = pd.DataFrame([counted("e" * 64, "hour", "3", 0, 0, later=50)])
    whole = {"ftr_reach_counts": pd.concat([later, new])}
    before = {"ftr_reach_counts": frame}
    assert registry.version_of(SPEC, whole, {}) == registry.version_of(SPEC, before, {})
    first, again = (SPEC.train(one, {}) for one in (whole, before))
    np.testing.assert_array_equal(first.model["hour"]["everyone"], again.model["hour"]["everyone"])
    assert first.metrics.equals(again.metrics)


def test_what_is_tested_on_is_not_learnt_from(frame: pd.DataFrame):
    """With the test days turned to one hour nobody kept, everybody's preference misses them all."""
    moved = frame[frame["learn_times"] > 0].assign(test_times=0)
    far = pd.DataFrame(
        [
            counted(key, aspect, choice, 0, 5)
            for key in moved["user_key"].unique()
            for aspect, choice in (("hour", "never"), ("channel", "post"))
        ]
    )
    trained, _ = published(pd.concat([moved, far]))
    tested = backtest(trained, "hour")
    assert tested["rule:global"]["hit_rate"] == 0
    assert tested["dirichlet"]["hit_rate"] == 0


def test_a_refit_another_order_and_a_file_give_the_same_bits(frame: pd.DataFrame, tmp_path: Path):
    mixed = {"ftr_reach_counts": frame.sample(frac=1, random_state=2)}
    fitted = registry.fit_or_load(SPEC, tmp_path, mixed, {}).trained
    read = registry.load(SPEC, tmp_path, fitted.version)
    again = SPEC.score(read, mixed, as_of=DAY)["fct_reach"].drop(columns="model_version")
    pd.testing.assert_frame_equal(published(frame)[1].drop(columns="model_version"), again, check_exact=True)


def test_nobody_ten_people_and_no_channels_are_no_failure(frame: pd.DataFrame):
    trained, table = published(frame.iloc[:0])
    assert (trained.method, len(table)) == ("none", 0)
    ten = frame["user_key"].isin(sorted(frame["user_key"].unique())[:10])
    trained, table = published(frame[ten])
    assert trained.method == "rule:global:untested"
    assert len(table) == 10
    trained, table = published(frame[frame["aspect"] == "hour"])
    assert table["preferred_channel"].isna().all()
    assert table["preferred_hour"].isin(HOURS).all()
    assert "channel: nobody was there" in trained.reason


def test_repeated_infinite_unknown_and_unseen_values_are_survived(frame: pd.DataFrame):
    odd = pd.concat([frame, frame.iloc[:50], frame.iloc[:5].assign(user_key=None)])
    odd = pd.concat([odd, frame.iloc[:5].assign(aspect="planet"), frame.iloc[5:9].assign(choice="post")])
    odd = odd.reset_index(drop=True).astype({"learn_times": "float64"})
    odd.loc[:2, "learn_times"] = np.inf
    trained, _ = published(odd)
    assert trained.method == "dirichlet"
    known = SPEC.train({"ftr_reach_counts": frame}, {})
    new = pd.DataFrame(
        [counted("f" * 64, "hour", "18", 0, 0, 9), counted("f" * 64, "channel", "fax", 0, 0, 9)]
    )
    table = SPEC.score(known, {"ftr_reach_counts": new}, as_of=DAY)["fct_reach"]
    assert table.loc[0, "preferred_hour"] == 18
    assert table.loc[0, "preferred_channel"] in {"app", "web", "mini_program"}

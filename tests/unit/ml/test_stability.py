"""The stability index is that of an oracle written another way, and sees what was planted."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml import stability
from ml.churn import SPEC
from ml.spec import Watched
from tests.unit.ml.conftest import Frames
from tests.unit.ml.given import given


def _by_hand(before: list[float], now: list[float]) -> float:
    """Bins by walking through sorted people, shares by counting, one bin at a time."""
    known = sorted(one for one in before if not math.isnan(one))
    cuts = []
    for tenth in range(1, 10):
        place = tenth / 10 * (len(known) - 1)
        low = int(place)
        high = min(low + 1, len(known) - 1)
        cut = known[low] + (place - low) * (known[high] - known[low])
        if not cuts or cut > cuts[-1]:
            cuts.append(cut)

    def bin_of(one: float) -> int:
        if math.isnan(one):
            return -1
        return sum(1 for cut in cuts if one > cut)

    bins = sorted({bin_of(one) for one in [*before, *now]})
    total = 0.0
    for which in bins:
        was = (sum(1 for one in before if bin_of(one) == which) + 0.5) / (len(before) + 0.5 * len(bins))
        found = (sum(1 for one in now if bin_of(one) == which) + 0.5) / (len(now) + 0.5 * len(bins))
        total += found * math.log(found / was) - was * math.log(found / was)
    return total


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_index_worked_by_hand(seed: int) -> None:
    random = np.random.default_rng(seed)
    before = random.gamma(1.0, 5.0, 400) * (random.random(400) < 0.6)
    now = random.gamma(1.0, 5.0 + seed, 300) * (random.random(300) < 0.5)
    before[:20], now[:40] = np.nan, np.nan
    found = stability.psi(pd.Series(before), pd.Series(now))
    assert found == pytest.approx(_by_hand(list(before), list(now)), rel=1e-12)


def test_names_are_told_apart_by_value() -> None:
    before, now = pd.Series(["a"] * 60 + ["b"] * 40), pd.Series(["a"] * 40 + ["b"] * 59 + ["new"])
    was, found = np.array([60.5, 40.5, 0.5]) / 101.5, np.array([40.5, 59.5, 1.5]) / 101.5
    assert stability.psi(before, now) == pytest.approx(float(((found - was) * np.log(found / was)).sum()))


def test_nothing_has_moved_where_both_days_are_alike() -> None:
    same = pd.Series(np.random.default_rng(1).normal(size=500))
    assert stability.psi(same, same.sample(frac=1, random_state=2)) == pytest.approx(0, abs=1e-12)
    for constant in (0.0, np.nan):
        assert stability.psi(pd.Series([constant] * 200), pd.Series([constant] * 150)) == 0


def test_a_shift_of_one_deviation_is_told_as_theory_has_it() -> None:
    """The divergence of two normals one deviation apart is 1, of which ten bins keep nine tenths."""
    random = np.random.default_rng(3)
    before, now = pd.Series(random.normal(0, 1, 200_000)), pd.Series(random.normal(1, 1, 200_000))
    assert 0.85 < stability.psi(before, now) < 1.0
    half = pd.Series(random.normal(0.25, 1, 200_000))
    assert 0.045 < stability.psi(before, half) < 0.0625, "under the alarm: a quarter deviation squared"


def _watched() -> Watched:
    assert SPEC.watched is not None
    return SPEC.watched


@pytest.fixture(scope="module")
def days(make_frames: Callable[[int, int, int], Frames]) -> list[pd.DataFrame]:
    """The snapshots of two days thirty apart, the earlier one first."""
    snapshots, _ = make_frames(600, 2, 5)
    return [rows for _, rows in snapshots.groupby("as_of")]


def _scores(rows: pd.DataFrame, p: np.ndarray) -> dict[str, pd.DataFrame]:
    return {"fct_churn_scores": pd.DataFrame({"user_key": rows["user_key"], "churn_probability": p})}


def test_a_planted_fault_is_alarmed_in_its_feature_and_in_no_other(days: list[pd.DataFrame]) -> None:
    (before, _), random = days, np.random.default_rng(7)
    p = random.random(len(before))
    then = given(before), _scores(before, p)
    broken = before.assign(orders_90=0.0, revenue_28=before["revenue_28"] * 100 + 1, tenure_days=9_999.0)
    found = stability.compared(_watched(), then, (given(broken), _scores(before, p))).set_index("measure")
    assert set(found.index[found["psi"] > 0.25]) == {"orders_90", "revenue_28"}
    assert found["psi"].drop(["orders_90", "revenue_28"]).max() == pytest.approx(0, abs=1e-12)
    # Those that move because time passes are not looked at.
    assert {"score", "events_7", "feedback_365"} <= set(found.index)
    assert not {"tenure_days", "days_since_last_active", "orders_all", "gap_ratio"} & set(found.index)


def test_a_score_that_says_the_opposite_is_alarmed(days: list[pd.DataFrame]) -> None:
    before, _ = days
    p = np.random.default_rng(7).random(len(before)) ** 3
    then, now = (given(before), _scores(before, p)), (given(before), _scores(before, 1 - p))
    found = stability.compared(_watched(), then, now).set_index("measure")
    assert found["psi"]["score"] > 0.25


def test_only_the_scored_are_compared_and_too_few_are_not(days: list[pd.DataFrame]) -> None:
    before, _ = days
    some, p = before.iloc[:150], np.full(150, 0.5)
    found = stability.compared(
        _watched(), (given(before), _scores(some, p)), (given(before), _scores(some, p))
    )
    assert set(found["people"]) == {150}
    few = _scores(before.iloc[:99], p[:99])
    assert stability.compared(_watched(), (given(before), few), (given(before), _scores(some, p))).empty


def test_each_goal_is_compared_apart() -> None:
    keys = [f"{number:04d}" for number in range(400)]
    scores = pd.DataFrame({"user_key": keys, "goal": ["first", "next"] * 200, "probability": 0.5})
    moved = scores.assign(probability=np.where(scores["goal"] == "next", 0.9, 0.5))
    watched = Watched("t.probability", per="goal")
    found = stability.compared(watched, ({}, {"t": scores}), ({}, {"t": moved})).set_index("measure")
    assert found["psi"]["first_score"] == 0
    assert found["psi"]["next_score"] > 0.25


def test_what_is_no_amount_is_compared_by_value() -> None:
    """Early hours all lie under the first decile: as amounts, nine o'clock and six were the same."""
    keys = [f"{number:04d}" for number in range(200)]
    before = pd.DataFrame({"user_key": keys, "hour": [9] * 100 + [18] * 100, "strength": 0.5})
    now = before.assign(hour=[6] * 100 + [18] * 100)
    assert stability.psi(before["hour"], now["hour"]) == pytest.approx(0)
    watched = Watched("t.strength", values=("hour",))
    found = stability.compared(watched, ({}, {"t": before}), ({}, {"t": now})).set_index("measure")["psi"]
    was, is_now = np.array([100.5, 0.5, 100.5]) / 201.5, np.array([0.5, 100.5, 100.5]) / 201.5
    assert found["hour_score"] == pytest.approx(float(((is_now - was) * np.log(is_now / was)).sum()))
    assert found["score"] == 0


def test_of_very_many_people_the_same_few_are_taken_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stability, "MOST_PEOPLE", 10)
    keys = [f"{number:03d}" for number in range(50)]
    frames = {
        "features": pd.DataFrame({"user_key": keys[::-1]}),
        "facts": pd.DataFrame({"user_key": [keys[3], keys[40], keys[9]]}),
        "items": pd.DataFrame({"item_id": ["mug"]}),
    }
    found = stability.thinned(frames)
    assert sorted(found["features"]["user_key"]) == keys[:10]
    assert list(found["facts"]["user_key"]) == [keys[3], keys[9]]
    assert len(found["items"]) == 1
    asked = stability.thinned(frames, "facts")
    assert len(asked["features"]) == 50, "what everybody did"
    monkeypatch.setattr(stability, "MOST_PEOPLE", 2)
    assert list(stability.thinned(frames, "facts")["facts"]["user_key"]) == [keys[3], keys[9]]

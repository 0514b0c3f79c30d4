"""A challenger replaces the champion when people drawn again say it is no worse, and not by luck."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml import measures, promotion
from ml.churn import SPEC, backtest, choice
from ml.churn.settings import ChurnSettings
from ml.frames import FloatArray
from tests.unit.ml.given import given

Frames = tuple[pd.DataFrame, pd.DataFrame]


def _people(count: int, seed: int) -> tuple[FloatArray, FloatArray, np.random.Generator]:
    """Outcomes, and the logits they were drawn from: nobody can know more."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 1.5, count)
    return (random.random(count) < expit(logits)).astype("float64"), logits, random


def _contest(truth: FloatArray, ours: FloatArray, theirs: FloatArray) -> promotion.Contest:
    return promotion.contest(truth, ("ours", ours), ("theirs", theirs), 1)


def test_the_interval_is_that_of_drawing_people_one_by_one() -> None:
    """An oracle that builds each resample as a list of people, and counts pairs."""
    truth, logits, random = _people(120, 2)
    p, other = expit(logits).round(1), expit(logits + random.normal(0, 1, 120)).round(1)

    def pairs(people: np.ndarray, score: FloatArray) -> float:
        leaving, staying = (score[people[truth[people] == kind]] for kind in (1.0, 0.0))
        gaps = leaving[:, None] - staying[None]
        return float(((gaps > 0) + 0.5 * (gaps == 0)).mean())

    draws = [random.integers(0, 120, 120) for _ in range(4_000)]
    gains = [pairs(people, p) - pairs(people, other) for people in draws]
    expected = np.quantile(gains, [0.025, 0.975])
    found = promotion.interval(truth, p, other, 3)
    assert found == pytest.approx(expected, abs=0.012), (
        "a tenth of its width: what a thousand draws leave open"
    )
    one = np.ones((1, 120))
    assert promotion._aucs(truth, p, one)[0] == pytest.approx(measures.auc(truth, p), abs=1e-12)


def test_the_interval_agrees_with_delong_on_many_people() -> None:
    truth, logits, random = _people(5_000, 4)
    p, other = expit(logits), expit(logits + random.normal(0, 0.7, 5_000))
    gain, variance = measures.auc_gain(truth, p, other)
    low, high = promotion.interval(truth, p, other, 5)
    assert (low + high) / 2 == pytest.approx(gain, abs=0.001)
    assert (high - low) / (2 * 1.96 * variance**0.5) == pytest.approx(1, abs=0.1)


def test_a_better_challenger_is_promoted_and_a_worse_one_is_not() -> None:
    truth, logits, random = _people(3_000, 6)
    good, poor = expit(logits), expit((logits + random.normal(0, 2, 3_000)) / 3)
    better, worse = _contest(truth, good, poor), _contest(truth, poor, good)
    assert better.is_won
    assert better.low > 0
    assert better.told.startswith("ours promoted over theirs: AUC +0.")
    assert not worse.is_won
    assert worse.high < promotion.MARGIN
    assert worse.told.startswith("theirs kept, ours not promoted, under -0.005: AUC -0.")


def test_an_equal_challenger_is_promoted_where_people_are_many_enough_to_know() -> None:
    truth, logits, random = _people(20_000, 7)
    noise = [expit(logits + random.normal(0, 0.1, 20_000)) for _ in range(2)]
    assert _contest(truth, *noise).is_won
    promoted = 0
    for seed in range(60):
        truth, logits, random = _people(150, seed)
        promoted += _contest(truth, *(expit(logits + random.normal(0, 1, 150)) for _ in range(2))).is_won
    assert promoted <= 5, "one in forty by chance, of sixty"


def test_a_win_inside_the_interval_is_none() -> None:
    """Luck: on few people a challenger gains a hundredth, and could as well have lost two."""
    for seed in range(100):
        truth, logits, random = _people(200, seed)
        ours, theirs = (expit(logits + random.normal(0, 1, 200)) for _ in range(2))
        found = _contest(truth, ours, theirs)
        if found.gain > 0.01 and found.low < promotion.MARGIN:
            assert not found.is_won
            return
    raise AssertionError("no lucky challenger in a hundred worlds")


def test_a_challenger_that_ranks_alike_and_lies_about_chances_is_not_promoted() -> None:
    truth, logits, _ = _people(5_000, 8)
    found = _contest(truth, expit(logits * 4 + 2), expit(logits))
    assert (found.gain, found.low, found.high) == (0, 0, 0)
    assert not found.is_won
    assert "calibration does not hold" in found.told
    assert _contest(truth, expit(logits), expit(logits * 4 + 2)).is_won


def test_without_both_outcomes_nothing_is_promoted() -> None:
    everybody = np.ones(50)
    assert not _contest(everybody, np.full(50, 0.9), np.full(50, 0.8)).is_won


Said = dict[str, tuple[float, float]]
DAYS = pd.date_range("2026-01-01", periods=3, freq="30D")
#: What the test days said of each: `old` ahead until the newest one, all of them together for `new`.
OLDER = {"old": (0.80, 0.15), "new": (0.70, 0.16), "rule:recency": (0.60, 0.20)}
NEWEST = {"old": (0.70, 0.16), "new": (0.95, 0.10), "rule:recency": (0.60, 0.20)}


def _tested(
    truth: FloatArray, forecasts: dict[str, FloatArray], older: Said = OLDER, newest: Said = NEWEST
) -> backtest.Tested:
    """Two older test days and a newest one, whose people are the truth and the forecasts given."""
    rows = [
        {"test_day": day, "candidate": name, "auc": auc, "brier": brier, "ece": 0.02}
        | {"gain_rule:recency": auc - 0.60, "variance_rule:recency": 1e-6}
        for day, said in zip(DAYS, (older, older, newest), strict=True)
        for name, (auc, brier) in said.items()
    ]
    return backtest.Tested(pd.DataFrame(rows), truth, forecasts)


@pytest.mark.parametrize(("is_better", "published"), [(True, "new"), (False, "old")])
def test_what_is_published_is_the_winner_of_the_contest_and_the_card_says_why(
    is_better: bool, published: str
) -> None:
    truth, logits, random = _people(3_000, 9)
    good, poor = expit(logits), expit((logits + random.normal(0, 0.8, 3_000)) / 1.3)
    new, old = (good, poor) if is_better else (poor, good)
    rule = expit(0.2 * logits + random.normal(0, 1, 3_000))
    decision = choice.decide(_tested(truth, {"new": new, "old": old, "rule:recency": rule}), ChurnSettings())
    assert decision.chosen == published
    assert decision.contest is not None
    assert decision.contest.gain == pytest.approx(measures.auc(truth, new) - measures.auc(truth, old))
    assert ("promoted over" if is_better else "kept") in decision.card()["decision"]
    told = {name: (value, bar) for name, value, bar in decision.metrics()}
    assert told["champion_auc_gain_low"] == (decision.contest.low, promotion.MARGIN)


def test_a_rule_that_stays_champion_is_told_once_with_the_reason_it_is_no_model() -> None:
    """Until the newest day no candidate beat the rule; all days speak for one, its people against it."""
    truth, logits, random = _people(3_000, 9)
    rule, new = expit(logits), expit(0.2 * logits + random.normal(0, 1, 3_000))
    older = {"new": (0.60, 0.20), "rule:recency": (0.60, 0.20)}
    newest = {"new": (0.95, 0.10), "rule:recency": (0.60, 0.20)}
    tested = _tested(truth, {"new": new, "rule:recency": rule}, older, newest)
    decision = choice.decide(tested, ChurnSettings())
    assert decision.chosen == "rule:recency"
    assert decision.told.startswith("rule:recency kept, new not promoted, under -0.005: AUC -0.")
    # A night publishes both behind one another.
    published = "; ".join([decision.card()["decision"], decision.reason])
    assert decision.reason
    assert [published.count(word) for word in ("kept", "AUC", "ECE", "rule:recency")] == [1, 1, 1, 1]
    won = _tested(truth, {"new": rule, "rule:recency": new}, older, newest)
    assert choice.decide(won, ChurnSettings()).chosen == "new"
    assert choice.decide(won, ChurnSettings()).reason == ""


def test_a_trained_model_says_how_it_came_to_serve(frames: Frames) -> None:
    trained = SPEC.train(given(*frames), {})
    assert trained.decision
    assert trained.method in trained.decision
    one_day = frames[1]["as_of"].isin(sorted(frames[1]["as_of"].unique())[:2])
    first = SPEC.train(given(frames[0], frames[1][one_day]), {})
    assert "there is one test day only" in first.decision

"""Variants in which few did it: no verdict rests on a variance that only seems to be small."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from ml.experiments.comparison import Comparison, always_valid_p, compare, is_enough
from ml.experiments.moments import Mean, Sums, plain
from tests.unit.ml.test_experiments import _arm, _one, _told

EXPERIMENTS, LOOKS, SHARE, ARMS = 400, 50, 0.01, (20, 180)


def _compared(control: int, people: int, treatment: int, others: int) -> Comparison:
    return compare(
        plain(Sums(people, control, control)),
        plain(Sums(others, treatment, treatment)),
        alpha=0.05,
        tau=0.01,
        of="share",
    )


def test_a_small_arm_looked_at_day_after_day_is_seldom_called_different_by_chance() -> None:
    """One in ten is the control and one in a hundred buys; without the rule, every fourth is called."""
    rng = np.random.default_rng(11)
    drawn = rng.binomial(np.array(ARMS)[:, None], SHARE, (EXPERIMENTS, 2, LOOKS)).cumsum(axis=2)
    alarms = believed = 0
    for control, treatment in drawn:
        looks = [(20 * n, c, 180 * n, t) for n, (c, t) in enumerate(zip(control, treatment, strict=True), 1)]
        seen = [look for look in looks if look[0] >= 100 and look[1] + look[3] > 0]
        alarms += any(_compared(c, n, t, m).always_p < 0.05 for n, c, m, t in seen)
        plugged = [
            (t / m - c / n, c / n * (1 - c / n) / (n - 1) + t / m * (1 - t / m) / (m - 1))
            for n, c, m, t in seen
        ]
        believed += any(always_valid_p(gap, variance, 0.01) < 0.05 for gap, variance in plugged)
    assert alarms <= 0.05 * EXPERIMENTS
    assert believed >= 0.2 * EXPERIMENTS, "what an empty arm's own variance would have found"


@pytest.mark.parametrize("share", [0.01, 0.05])
@pytest.mark.parametrize("arms", [(100, 900), (900, 100)])
def test_without_an_effect_twenty_looks_at_unequal_arms_make_a_winner_of_one_experiment_in_a_hundred_at_most(
    arms: tuple[int, int], share: float
) -> None:
    rng = np.random.default_rng(5)
    drawn = rng.binomial(np.array(arms)[:, None], share, (1_000, 2, 20)).cumsum(axis=2)
    winners = 0
    for control, treatment in drawn:
        looks = [
            _compared(c, arms[0] * n, t, arms[1] * n)
            for n, (c, t) in enumerate(zip(control, treatment, strict=True), 1)
        ]
        winners += any(look.always_p < 0.05 and look.difference > 0 for look in looks)
    assert winners <= 10


def test_of_unequal_arms_the_larger_variance_is_taken_at_any_time() -> None:
    """10 of 1,000 against 270 of 9,000: a person of the first varies by .0099, one of the second by .0291."""
    told = _compared(10, 1_000, 270, 9_000)
    spread = (0.0099 / 999 * 1_000 * 1_000 + 0.0291 / 8_999 * 9_000 * 9_000) / 10_000
    variance = spread * (1 / 1_000 + 1 / 9_000)
    assert variance > 0.0099 / 999 + 0.0291 / 8_999
    assert told.always_p == pytest.approx(always_valid_p(0.02, variance, 0.01))


def test_the_verdict_on_a_variant_with_too_few_says_so_whatever_its_p_value() -> None:
    """None of 100 against 20 of 900: an arm without a buyer has no variance, so z is 4.5."""
    shares = '{"control": 0.1, "new": 0.9}'
    counts = {"control": (0, 100), "new": (20, 900)}
    arms = [_arm("control", 100, declared_variants=shares), _arm("new", 900, declared_variants=shares)]
    over = _one(_told(arms, counts))
    assert over["p_value"] < 0.0001
    assert (over["p_value_sequential"], isnan(over["sequential_low"])) == (1.0, True)
    assert (over["verdict"], over["reason"]) == ("stop", "too few people for a test of Bought")
    assert over["reason_zh"] == "购买的人数过少，无法检验"
    running = [arm | {"seconds_since_end": -60.0} for arm in arms]
    assert _one(_told(running, counts))["verdict"] == "wait"
    enough = _one(_told(arms, {"control": (5, 100), "new": (200, 900)}))
    assert enough["verdict"] == "ship"


def test_too_few_who_left_harm_no_guardrail() -> None:
    shares = '{"control": 0.1, "new": 0.9}'
    arms = [_arm("control", 100, declared_variants=shares), _arm("new", 900, declared_variants=shares)]
    bought = {"control": (5, 100), "new": (200, 900)}
    assert _one(_told(arms, bought, {"control": (0, 100), "new": (20, 900)}))["verdict"] == "ship"
    assert _one(_told(arms, bought, {"control": (6, 100), "new": (300, 900)}))["verdict"] == "stop"


@pytest.mark.parametrize(("did", "people", "enough"), [(5, 50, True), (4, 50, False), (46, 50, False)])
def test_five_who_did_it_and_five_who_did_not_are_enough(did: int, people: int, enough: bool) -> None:
    assert is_enough(plain(Sums(people, did, did)), "share") is enough


def test_of_a_mean_those_who_did_most_of_it_are_counted() -> None:
    """Five who spent 7 each are enough, and four are not; nor are four who spent 100 and ten who spent 1."""
    assert is_enough(plain(Sums(1_000, 5 * 7, 5 * 49)), "mean")
    assert not is_enough(plain(Sums(1_000, 4 * 7, 4 * 49)), "mean")
    assert not is_enough(plain(Sums(1_000, 4 * 100 + 10, 4 * 10_000 + 10)), "mean")
    assert is_enough(Mean(0.0, 0.01, 10), "ratio"), "the delta method counts no people who did it"

"""Reports of experiments against rows worked by hand and per-person oracles; what odd input comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isnan, log, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ml.experiments.comparison import always_valid_p, compare, step_up
from ml.experiments.moments import Mean, Sums, adjusted, plain, ratio, slope
from ml.experiments.report import report
from orchestration.experiments import ExperimentRules

DAY = date(2026, 6, 30)
RULES = ExperimentRules.model_validate(
    {
        "metrics": [
            {"metric": "bought", "kind": "proportion", "name_en": "Bought", "name_zh": "购买"},
            {
                "metric": "left", "kind": "mean", "name_en": "Left", "name_zh": "离开", "goal": "decrease",
                "guardrail": True,
            },
        ],
        "min_units": 2,
    }
).rendered()  # fmt: skip
NOBODY = (0, 0)


def _arm(variant: str | None, units: int, **said: Any) -> dict[str, Any]:
    known = {
        "experiment_id": "x", "variant": variant, "name": "Ex", "primary_metric": "bought",
        "declared_variants": '{"control": 1, "new": 1}', "is_declared": True, "seconds_since_end": 864_000.0,
        "started_at": pd.Timestamp("2026-06-01"), "ended_at": pd.Timestamp("2026-06-20"),
        "units": units, "multiple_units": 0, "outside_units": 0,
    }  # fmt: skip
    return known | said


def _told(
    arms: Sequence[Mapping[str, Any]],
    bought: Mapping[str, tuple[int, int]],
    left: Mapping[str, tuple[int, int]] | None = None,
    rules: Mapping[str, Any] = RULES,
) -> pd.DataFrame:
    """The report of who bought out of how many, in each variant."""
    rows = [
        {
            "experiment_id": "x", "metric": metric, "variant": variant, "segment": "all",
            "segment_value": "all", "units": units, "sum_y": float(y), "sum_yy": float(y),
            "sum_x": 0.0, "sum_xx": 0.0, "sum_xy": 0.0, "cap": nan,
        }
        for metric, counts in (("bought", bought), ("left", left or {}))
        for variant, (y, units) in counts.items()
    ]  # fmt: skip
    columns = ["experiment_id", "metric", "variant", "segment", "segment_value", "units", "sum_y"]
    return pd.DataFrame(
        report(pd.DataFrame(arms), pd.DataFrame(rows, columns=None if rows else columns), rules, DAY)
    )


def _one(told: pd.DataFrame, metric: str = "bought", variant: str = "new") -> pd.Series:
    found = told[(told["metric"] == metric) & (told["variant"] == variant)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_share_worked_by_hand() -> None:
    """40 of 200 against 60 of 200: 10 points; variance of each mean p (1 - p) / 199."""
    told = _told([_arm("control", 200), _arm("new", 200)], {"control": (40, 200), "new": (60, 200)})
    row = _one(told)
    error = sqrt(0.2 * 0.8 / 199 + 0.3 * 0.7 / 199)
    assert row["difference"] == pytest.approx(0.1)
    assert row["lift"] == pytest.approx(0.5)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx(
        (0.1 - 1.959964 * error, 0.1 + 1.959964 * error)
    )
    assert row["p_value"] == pytest.approx(2 * (1 - stats.norm.cdf(0.1 / error)))
    # Fieller: both ends r of the interval solve (t - r c)^2 = 1.96^2 (var t + r^2 var c).
    for end in (row["ci_low"] + 1, row["ci_high"] + 1):
        assert (0.3 - end * 0.2) ** 2 == pytest.approx(
            3.841459 * (0.3 * 0.7 / 199 + end**2 * 0.2 * 0.8 / 199)
        )
    assert (row["verdict"], row["is_valid"], row["is_over"]) == ("ship", True, True)
    assert "Bought is better" in row["reason"]
    assert "购买更好" in row["reason_zh"]
    control = _one(told, variant="control")
    assert control["is_control"]
    assert control["mean"] == pytest.approx(0.2)
    assert isnan(control["p_value"])
    assert pd.isna(control["verdict"])


def test_sums_tell_what_the_people_tell() -> None:
    """CUPED, the delta method and Welch from sums, against the same from every single person."""
    rng = np.random.default_rng(3)
    past = [rng.gamma(2, 3, 400), rng.gamma(2, 3, 300)]
    now = [0.6 * x + rng.gamma(2, 2, len(x)) + extra for x, extra in zip(past, (0.0, 0.5), strict=True)]
    sums = [
        Sums(len(y), y.sum(), (y**2).sum(), x.sum(), (x**2).sum(), (x * y).sum())
        for y, x in zip(now, past, strict=True)
    ]
    ours = compare(plain(sums[0]), plain(sums[1]), alpha=0.05, tau=0.01, of="mean")
    welch = stats.ttest_ind(now[1], now[0], equal_var=False)
    assert ours.p == pytest.approx(float(welch.pvalue))

    # Theta by regression on the past with a constant of its own for each variant.
    arm = np.repeat([0, 1], [400, 300])
    fitted, *_ = np.linalg.lstsq(
        np.column_stack([np.concatenate(past), arm == 0, arm == 1]), np.concatenate(now), rcond=None
    )
    theta = slope(sums)
    assert theta == pytest.approx(float(fitted[0]))
    usual = float(np.concatenate(past).mean())
    for arm_sums, y, x in zip(sums, now, past, strict=True):
        person = y - theta * (x - usual)
        told = adjusted(arm_sums, theta, usual)
        assert told.value == pytest.approx(person.mean())
        assert told.variance == pytest.approx(person.var(ddof=1) / len(person))
        assert told.variance < plain(arm_sums).variance

    # Delta method against a thousand draws of people with replacement.
    told = ratio(sums[0])
    assert told.value == pytest.approx(now[0].sum() / past[0].sum())
    draws = rng.integers(0, 400, (2_000, 400))
    again = now[0][draws].sum(axis=1) / past[0][draws].sum(axis=1)
    assert sqrt(told.variance) == pytest.approx(float(again.std()), rel=0.1)


def test_benjamini_hochberg_worked_by_hand() -> None:
    """Of four tests: .01 x 4/1, .02 x 4/2, .03 x 4/3, .5; none above the next larger one's."""
    assert step_up([0.03, 0.01, nan, 0.5, 0.02]) == pytest.approx([0.04, 0.04, nan, 0.5, 0.04], nan_ok=True)
    assert step_up([]) == []
    # 0.8471547789024629 x 7 / 7 is a hair less than itself: adjusting never makes surer.
    alike = [0.8471547789024629] * 7
    assert step_up(alike) == alike


def test_a_ratio_of_people_who_did_nothing_is_unknown_and_of_so_many_people() -> None:
    told = ratio(Sums(12, 0, 0))
    assert isnan(told.value)
    assert isnan(told.variance)
    assert told.units == 12


def test_the_always_valid_p_is_one_over_the_mixture_of_likelihoods() -> None:
    """Against the integral it stands for: the likelihood of d under N(0, tau^2) of effects, over none."""
    d, variance, tau = 0.03, 0.0001, 0.01
    effects = np.linspace(-0.2, 0.2, 400_001)
    weights = stats.norm.pdf(effects, 0, tau) * (effects[1] - effects[0])
    mixed = float((stats.norm.pdf(d, effects, sqrt(variance)) * weights).sum())
    assert always_valid_p(d, variance, tau) == pytest.approx(stats.norm.pdf(d, 0, sqrt(variance)) / mixed)
    assert always_valid_p(0.0, variance, tau) == 1.0
    control, treatment = Mean(0.2, variance / 2, 1_000), Mean(0.23, variance / 2, 1_000)
    told = compare(control, treatment, alpha=0.05, tau=tau, of="share")
    # The end of the interval is the difference whose own p is exactly alpha.
    assert always_valid_p(told.always_high - told.difference, variance, tau) == pytest.approx(0.05)
    assert log(told.p) < log(told.always_p)


def test_while_it_runs_only_the_always_valid_test_decides() -> None:
    arms = [_arm(v, 200, seconds_since_end=-60.0) for v in ("control", "new")]
    row = _one(_told(arms, {"control": (40, 200), "new": (60, 200)}))
    assert row["p_value"] < 0.05 < row["p_value_sequential"]
    assert row["verdict"] == "wait"
    many = [_arm(v, 2_000, seconds_since_end=-60.0) for v in ("control", "new")]
    sure = _one(_told(many, {"control": (400, 2_000), "new": (600, 2_000)}))
    assert (sure["verdict"], "however often one looked" in sure["reason"]) == ("ship", True)
    endless = [_arm(v, 200, seconds_since_end=nan, ended_at=pd.NaT) for v in ("control", "new")]
    assert _one(_told(endless, {"control": (40, 200), "new": (60, 200)}))["verdict"] == "wait"


def test_a_harmed_guardrail_stops_what_would_ship_and_over_without_an_effect_is_stop() -> None:
    arms = [_arm("control", 200), _arm("new", 200)]
    bought = {"control": (40, 200), "new": (60, 200)}
    harmed = _one(_told(arms, bought, {"control": (10, 200), "new": (40, 200)}))
    assert (harmed["verdict"], harmed["reason"]) == ("stop", "it harms Left")
    spared = _one(_told(arms, bought, {"control": (40, 200), "new": (10, 200)}))
    assert spared["verdict"] == "ship", "fewer who leave is no harm"
    same = _one(_told(arms, {"control": (40, 200), "new": (41, 200)}))
    assert (same["verdict"], "without an effect" in same["reason"]) == ("stop", True)
    worse = _one(_told(arms, {"control": (60, 200), "new": (30, 200)}))
    assert (worse["verdict"], "is worse" in worse["reason"]) == ("stop", True)


def test_an_exposure_to_two_variants_spoils_an_experiment_above_one_percent() -> None:
    counts = {"control": (40, 200), "new": (60, 200)}
    few = _one(_told([_arm("control", 200, multiple_units=2), _arm("new", 200, multiple_units=2)], counts))
    assert (few["multiple_share"], few["verdict"]) == (0.01, "ship")
    many = _one(_told([_arm("control", 200, multiple_units=2), _arm("new", 200, multiple_units=3)], counts))
    assert (many["verdict"], many["is_valid"]) == ("invalid", False)
    assert many["reason"] == "1.2% of the people saw several variants"


def test_people_of_a_variant_nobody_declared_are_in_no_comparison() -> None:
    counts = {"control": (40, 200), "new": (60, 200), "draft": (4, 4)}
    few = _told([_arm("control", 200), _arm("new", 200), _arm("draft", 4)], counts)
    assert set(few["variant"]) == {"control", "new"}
    assert (_one(few)["undeclared_units"], _one(few)["verdict"]) == (4, "ship")
    many = _told([_arm("control", 200), _arm("new", 200), _arm("draft", 40)], counts)
    assert _one(many)["verdict"] == "invalid"
    assert "9.1% of the people saw a variant that is not declared" in _one(many)["reason"]


@pytest.mark.parametrize(
    "said", [None, "", "[]", "{}", '{"control": "half"}', '{"control": 1}', '{"a": -1, "b": 0}', "{"]
)
def test_an_experiment_without_declared_variants_is_invalid_and_told_all_the_same(said: str | None) -> None:
    arms = [_arm(v, 200, declared_variants=said) for v in ("control", "new")]
    told = _told(arms, {"control": (40, 200), "new": (60, 200)})
    assert set(told["verdict"]) == {"invalid"}
    assert (
        set(told["reason"]) >= {"fewer than two variants are declared with a share"}
        or "share" in told["reason"].iloc[0]
    )
    undeclared = _told(
        [_arm(v, 200, is_declared=False, declared_variants=None) for v in ("control", "new")], {}
    )
    assert "the experiment is not declared" in undeclared["reason"].iloc[0]


def test_a_split_unlike_the_intended_one_is_invalid() -> None:
    """560 and 440 of an even split: chi-square 14.4 of one degree of freedom, p = 0.00015."""
    row = _one(_told([_arm("control", 440), _arm("new", 560)], {"control": (88, 440), "new": (200, 560)}))
    assert row["srm_p_value"] == pytest.approx(0.000148, rel=0.01)
    assert row["verdict"] == "invalid"
    thirds = '{"control": 0.44, "new": 0.56}'
    arms = [_arm("control", 440, declared_variants=thirds), _arm("new", 560, declared_variants=thirds)]
    assert _one(_told(arms, {"control": (88, 440), "new": (200, 560)}))["is_valid"]


def test_an_experiment_with_one_person_says_nothing_and_breaks_nothing() -> None:
    row = _one(_told([_arm("new", 1)], {"new": (1, 1)}))
    assert (row["units"], row["mean"], row["verdict"]) == (1, 1.0, "stop")
    assert row["reason"] == "0 people in a variant, 2 are needed and it is over"
    assert isnan(row["p_value"])
    assert isnan(row["ci_low"])
    running = _one(_told([_arm("new", 1, seconds_since_end=-1.0)], {"new": (1, 1)}))
    assert running["verdict"] == "wait"
    unseen = _told([_arm(None, 0)], {})
    assert (list(unseen["units"]), set(unseen["variant"])) == ([0, 0, 0, 0], {"control", "new"})


def test_a_metric_that_does_not_vary_has_a_difference_and_no_test() -> None:
    row = _one(_told([_arm("control", 200), _arm("new", 200)], {"control": (200, 200), "new": (200, 200)}))
    assert (row["difference"], row["lift"], row["verdict"]) == (0.0, 0.0, "stop")
    assert isnan(row["p_value"])
    assert isnan(row["difference_low"])
    assert row["reason"] == "Bought does not vary"
    nothing = _one(_told([_arm("control", 200), _arm("new", 200)], {"control": (0, 200), "new": (9, 200)}))
    assert isnan(nothing["lift"]), "there is no share of nothing"
    assert nothing["p_value"] < 0.05


def test_a_primary_metric_nobody_defined_decides_nothing() -> None:
    arms = [_arm(v, 200, primary_metric="gmv") for v in ("control", "new")]
    row = _one(_told(arms, {"control": (40, 200), "new": (60, 200)}))
    assert (row["verdict"], row["is_primary"]) == ("wait", False)
    assert "names no metric" in row["reason"]


def test_several_variants_are_several_chances() -> None:
    """p of 0.03 for one of three variants is 0.09 by Benjamini-Hochberg: no winner."""
    declared = '{"control": 1, "a": 1, "b": 1, "c": 1}'
    arms = [_arm(v, 200, declared_variants=declared) for v in ("control", "a", "b", "c")]
    counts = {"control": (40, 200), "a": (58, 200), "b": (41, 200), "c": (42, 200)}
    told = _told(arms, counts)
    row = _one(told, variant="a")
    assert row["p_value"] < 0.05 < 3 * row["p_value"]
    assert row["p_value_adjusted"] == pytest.approx(3 * row["p_value"])
    assert row["verdict"] == "stop"


def test_rows_do_not_depend_on_the_order_they_come_in() -> None:
    arms = [_arm("control", 200), _arm("new", 200), _arm("draft", 1)]
    counts = {"control": (40, 200), "new": (60, 200)}
    backwards = dict(reversed(list(counts.items())))
    pd.testing.assert_frame_equal(_told(arms, counts), _told(arms[::-1], backwards))

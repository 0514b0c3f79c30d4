"""What is published beats the rules out of time, or is a rule and says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.churn import SPEC, choice
from ml.churn.settings import ChurnSettings
from ml.spec import Trained
from tests.unit.ml.given import given

Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def trained(frames: Frames) -> Trained:
    return SPEC.train(given(*frames), {})


def test_a_world_with_more_to_see_than_silence_gets_a_model(trained: Trained):
    assert not trained.method.startswith("rule")
    measured = trained.metrics.set_index("metric")
    assert measured.at["auc", "value"] >= measured.at["auc", "baseline_value"] + 0.005
    assert measured.at["brier", "value"] <= measured.at["brier", "baseline_value"]
    assert measured.at["ece", "value"] <= 0.05
    assert measured.at["lift_10", "value"] <= measured.at["lift_10_limit", "value"]


def test_the_card_holds_every_candidate_on_every_test_day(trained: Trained):
    table = pd.DataFrame(trained.card["backtest_by_day"])
    assert table["test_day"].nunique() == 3
    assert {"rule:recency", "rule:bgnbd", "logistic", "boosting", "blend"} <= set(table["candidate"])


def test_where_the_outcome_is_chance_the_rule_is_published(frames: Frames):
    snapshots, labels = frames
    coin = np.random.default_rng(5).random(len(labels)) < 0.4
    trained = SPEC.train(given(snapshots, labels.assign(is_churned=coin)), {})
    assert trained.method.startswith("rule:")
    assert "did not beat the rules" in trained.reason
    scored = SPEC.score(trained, given(snapshots), as_of=snapshots["as_of"].max().date())["fct_churn_scores"]
    assert set(scored["method"]) == {trained.method}


def test_of_candidates_about_as_near_one_whose_calibration_holds_is_chosen():
    def results(**ece: float) -> pd.DataFrame:
        rows = [
            {"candidate": "rule:recency", "auc": 0.70, "brier": 0.20, "ece": 0.02},
            {"candidate": "logistic", "auc": 0.80, "brier": 0.1501, "gain_rule:recency": 0.10},
            {"candidate": "boosting", "auc": 0.82, "brier": 0.1500, "gain_rule:recency": 0.12},
        ]
        told = [row | {"ece": ece.get(str(row["candidate"]), 0.02)} for row in rows]
        return pd.DataFrame(told).assign(
            test_day=pd.Timestamp("2026-06-01"), **{"variance_rule:recency": 1e-6}
        )

    assert choice.choose(results(), ChurnSettings()) == ("boosting", "")
    assert choice.choose(results(boosting=0.06), ChurnSettings()) == ("logistic", "")
    assert choice.choose(results(boosting=0.06, logistic=0.07), ChurnSettings()) == ("boosting", "")


def test_bands_follow_the_stated_thresholds(frames: Frames, trained: Trained):
    snapshots, _labels = frames
    as_of = snapshots["as_of"].max().date()
    scored = SPEC.score(trained, given(snapshots), as_of=as_of)["fct_churn_scores"]
    p = scored["churn_probability"]
    assert p.between(0, 1).all()
    expected = np.where(p >= 0.6, "high", np.where(p >= 0.3, "medium", "low"))
    assert (scored["churn_band"] == expected).all()
    assert trained.card["bands"] == {"medium_from": 0.3, "high_from": 0.6}


def test_two_trainings_are_the_same_to_the_bit_whatever_the_order(frames: Frames, trained: Trained):
    snapshots, labels = frames
    again = SPEC.train(given(snapshots.sample(frac=1, random_state=4), labels[::-1]), {})
    as_of = snapshots["as_of"].max().date()
    assert again.card == trained.card
    pd.testing.assert_frame_equal(
        SPEC.score(again, given(snapshots[::-1]), as_of=as_of)["fct_churn_scores"],
        SPEC.score(trained, given(snapshots), as_of=as_of)["fct_churn_scores"],
        check_exact=True,
    )


def test_bands_out_of_order_are_a_mistake_of_the_settings():
    with pytest.raises(ValueError, match="medium_from < high_from"):
        SPEC.parameters({"medium_from": 0.7})

"""Subscribers' churn against a world whose hazards are known, and where there is little to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml import measures
from ml.spec import Trained
from ml.subscription_churn import SPEC, rows
from ml.subscription_churn.rows import GROUPS

HORIZON, LENGTH, CUTS = 30, 420, 7
FIRST = pd.Timestamp("2025-01-01")
SETTINGS = {"horizon_days": HORIZON, "grace_days": 7}
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Planted:
    """What a model is given, and the chance everybody on the newest day really had to leave."""

    frames: Frames
    hazard: pd.Series
    left: pd.Series

    @property
    def as_of(self) -> date:
        return self.frames["ftr_subscription_snapshots"]["as_of"].max().date()


def _world(people: int, seed: int) -> Planted:
    """Paid by 30 days; the dear plan, little use and a young subscription each make leaving likelier."""
    random = np.random.default_rng(seed)
    start = random.integers(0, LENGTH - 30, people)
    price, pace = random.choice([15.0, 58.0], people), random.choice([0.04, 0.5], people, p=[0.4, 0.6])
    used = random.random((people, LENGTH)) < pace[:, None]

    def hazard(paid: np.ndarray) -> np.ndarray:
        return np.asarray(expit(-2.2 + 1.2 * (price > 30) + 1.5 * (pace < 0.1) - 0.25 * (paid - 1)))

    end = np.full(people, LENGTH + 999)
    for paid in range(1, LENGTH // 30 + 3):
        leaves = (random.random(people) < hazard(np.full(people, paid))) & (end > LENGTH + 900)
        end = np.where(leaves, start + 30 * paid, end)
    keys = np.array([f"{number:06d}" for number in range(people)])
    paying, doing, truth, left = [], [], pd.Series(dtype=float), pd.Series(dtype=float)
    for cut in range(CUTS):
        day = LENGTH - 31 - HORIZON * cut
        on = (start <= day) & (end > day)
        same = {"as_of": FIRST + pd.Timedelta(days=day), "user_key": keys[on]}
        age = (day - start)[on].astype(float)
        gone = end[on] <= day + HORIZON
        paying.append(
            pd.DataFrame(
                same
                | {"subscription_days": age, "plan_days": age, "monthly_amount": price[on]}
                | {"amount_change": np.nan, "plans_before": 0.0, "runs_before": 0.0}
                | {"is_churned": gone if cut else None}
            )
        )
        windows = {days: used[on, day + 1 - days : day + 1].sum(axis=1) for days in (7, 28, 90)}
        silent = np.argmax(used[on, day::-1], axis=1)
        doing.append(
            pd.DataFrame(
                same
                | {f"active_days_{days}": count for days, count in windows.items()}
                | {"days_since_last_active": silent, "events_28": 3 * windows[28]}
                | {"orders_90": random.poisson(1, on.sum()), "revenue_90": 1.0, "feedback_365": 0.0}
            )
        )
        if cut == 0:
            truth = pd.Series(hazard((day - start) // 30 + 1)[on], index=keys[on])
            left = pd.Series(gone.astype(float), index=keys[on])
    tables = {"ftr_subscription_snapshots": pd.concat(paying), "ftr_user_snapshots": pd.concat(doing)}
    return Planted({name: table.reset_index(drop=True) for name, table in tables.items()}, truth, left)


@pytest.fixture(scope="module")
def world() -> Planted:
    return _world(6_000, 1)


@pytest.fixture(scope="module")
def trained(world: Planted) -> Trained:
    return SPEC.train(world.frames, SETTINGS)


def _scored(trained: Trained, frames: Frames, as_of: date) -> pd.DataFrame:
    return SPEC.score(trained, frames, as_of=as_of)["fct_subscription_churn_scores"].set_index("user_key")


def test_it_beats_the_rules_out_of_time_and_is_calibrated(trained: Trained) -> None:
    assert not trained.method.startswith("rule:")
    figures = trained.metrics.set_index("metric")
    assert figures.at["auc", "value"] >= figures.at["auc", "baseline_value"] + 0.05
    assert figures.at["brier", "value"] <= figures.at["brier", "baseline_value"]
    assert figures.at["ece", "value"] <= 0.05
    assert trained.decision


def test_it_knows_nearly_all_that_can_be_known(world: Planted, trained: Trained) -> None:
    """The planted hazard is the ceiling; what really happened afterwards judges both."""
    p = _scored(trained, world.frames, world.as_of)["churn_probability"].reindex(world.hazard.index)
    truth, ceiling = world.left.to_numpy(), world.hazard.to_numpy()
    assert len(p) > 800
    assert measures.auc(truth, p.to_numpy()) >= measures.auc(truth, ceiling) - 0.02
    assert np.corrcoef(p, ceiling)[0, 1] > 0.9
    assert p.mean() == pytest.approx(ceiling.mean(), abs=0.03)


def test_every_subscriber_has_one_row_with_what_is_at_stake(world: Planted, trained: Trained) -> None:
    scored = _scored(trained, world.frames, world.as_of)
    paying = world.frames["ftr_subscription_snapshots"]
    today = paying[paying["as_of"].dt.date == world.as_of].set_index("user_key")
    assert scored.index.is_unique
    assert set(scored.index) == set(today.index)
    assert (scored["monthly_amount"] == today["monthly_amount"].reindex(scored.index)).all()
    p = scored["churn_probability"]
    assert (scored["churn_band"] == np.where(p >= 0.6, "high", np.where(p >= 0.3, "medium", "low"))).all()
    assert list(scored.reset_index().columns) == list(SPEC.tables["fct_subscription_churn_scores"])


def test_the_reasons_are_the_planted_ones(world: Planted, trained: Trained) -> None:
    scored = _scored(trained, world.frames, world.as_of)
    assert set(scored["reason_1"]) <= set(GROUPS)
    given = {"subscription", "price", "engagement", "recency"}
    assert scored["reason_1"].isin(given).mean() > 0.97
    likeliest = scored[scored["churn_probability"] > scored["churn_probability"].quantile(0.9)]
    is_told = (likeliest[["reason_1", "reason_2", "reason_3"]] == "price").any(axis=1)
    is_dear = likeliest["monthly_amount"] > 30
    assert is_told[is_dear].mean() > 0.95, "the dear plan is a reason to leave"
    assert is_told[~is_dear].mean() < 0.05, "and the cheap one is none"


def test_two_trainings_are_the_same_to_the_bit_whatever_the_order(world: Planted, trained: Trained) -> None:
    mixed = {name: table.sample(frac=1, random_state=3) for name, table in world.frames.items()}
    again = SPEC.train(mixed, SETTINGS)
    assert again.card == trained.card
    pd.testing.assert_frame_equal(
        _scored(again, mixed, world.as_of), _scored(trained, world.frames, world.as_of), check_exact=True
    )


def test_an_outcome_whose_grace_is_not_over_is_not_learned_from(world: Planted) -> None:
    """Turned round, the labels of the last 37 days before the anchor change nothing."""
    paying = world.frames["ftr_subscription_snapshots"]
    anchor = world.as_of
    settings = SETTINGS | {"anchor": anchor}
    young = paying["as_of"] + pd.Timedelta(days=37) > pd.Timestamp(anchor)
    turned = paying.assign(is_churned=paying["is_churned"].where(~young, paying["is_churned"].eq(False)))
    assert (young & paying["is_churned"].notna()).sum() > 500
    kept = SPEC.select(world.frames, settings)
    pd.testing.assert_frame_equal(
        SPEC.select(world.frames | {"ftr_subscription_snapshots": turned}, settings), kept
    )
    assert kept.loc[kept["is_churned"].notna(), "as_of"].max() + pd.Timedelta(days=37) <= pd.Timestamp(anchor)


def test_where_leaving_is_chance_a_rule_is_published(world: Planted) -> None:
    paying = world.frames["ftr_subscription_snapshots"]
    coin = np.random.default_rng(5).random(len(paying)) < 0.2
    labels = pd.Series(coin, dtype="object").where(paying["is_churned"].notna(), None)
    frames = world.frames | {"ftr_subscription_snapshots": paying.assign(is_churned=labels)}
    found = SPEC.train(frames, SETTINGS)
    assert found.method.startswith("rule:")
    assert "did not beat the rules" in found.reason


def test_of_few_subscribers_the_usual_share_is_published_untested() -> None:
    few = _world(60, 2)
    found = SPEC.train(few.frames, SETTINGS)
    paying = few.frames["ftr_subscription_snapshots"]
    known = paying[paying["as_of"] + pd.Timedelta(days=37) <= paying["as_of"].max()]
    labelled = known["is_churned"].astype(float)
    assert found.method == "rule:rate:untested"
    assert "too few to learn from" in found.reason
    assert found.metrics.empty
    scored = _scored(found, few.frames, few.as_of)
    assert len(scored) == len(few.hazard)
    share = (labelled.sum() + 0.5) / (len(labelled) + 1)
    assert scored["churn_probability"].to_numpy() == pytest.approx(share)
    assert scored["reason_1"].isna().all()


def test_nobody_who_subscribes_is_an_empty_table_and_a_reason(world: Planted) -> None:
    nobody = {name: table.iloc[:0] for name, table in world.frames.items()}
    found = SPEC.train(nobody, SETTINGS)
    assert (found.method, found.model) == ("none", {})
    assert found.reason == "nobody had a subscription whose horizon has passed"
    scored = SPEC.score(found, world.frames, as_of=world.as_of)["fct_subscription_churn_scores"]
    assert scored.empty
    assert list(scored.columns) == list(SPEC.tables["fct_subscription_churn_scores"])


@pytest.mark.parametrize(
    "spoiled",
    [
        dict.fromkeys(rows.GROUPS["engagement"], np.nan) | {"days_since_last_active": np.nan},
        dict.fromkeys(rows.GROUPS["engagement"], 1.0),
        {"active_days_28": np.inf, "events_28": 1e300},
        {"active_days_90": None},
    ],
)
def test_spoiled_columns_are_survived(world: Planted, spoiled: dict[str, object]) -> None:
    doing = world.frames["ftr_user_snapshots"].assign(**spoiled)
    paying = world.frames["ftr_subscription_snapshots"]
    frames = {
        "ftr_user_snapshots": pd.concat([doing, doing.iloc[:50]]),
        "ftr_subscription_snapshots": pd.concat([paying, paying.iloc[:50]]),
    }
    found = SPEC.train(frames, SETTINGS)
    scored = _scored(found, frames, world.as_of)
    assert len(scored) == len(world.hazard)
    assert scored["churn_probability"].between(0, 1).all()

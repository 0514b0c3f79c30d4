"""Who will buy: told for both goals, beside rules, blind to what came later, and never a failure."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import snapshots
from ml import registry
from ml.propensity import SPEC, backtest, rows
from ml.propensity.settings import PropensitySettings
from ml.spec import Trained

DATA = Path(__file__).parents[3].parent / "shared" / "data"
Frames = dict[str, pd.DataFrame]


def outcomes(snapshot: pd.DataFrame) -> pd.DataFrame:
    """Snapshots lie a horizon apart: who has more orders on the next one has bought in between."""
    dates = sorted(snapshot["as_of"].unique())
    orders = snapshot.set_index(["as_of", "user_key"])["orders_all"]
    found = []
    for today, later in pairwise(dates):
        then = orders[today]
        bought = orders[later].reindex(then.index) > then
        found.append(pd.DataFrame({"as_of": today, "user_key": then.index, "has_bought": bought.to_numpy()}))
    return pd.concat(found, ignore_index=True)


@pytest.fixture(scope="module")
def world(frames: tuple[pd.DataFrame, pd.DataFrame]) -> Frames:
    snapshot = frames[0]
    return {"ftr_user_snapshots": snapshot, "ftr_purchase_labels": outcomes(snapshot)}


def published(world: Frames, **settings: object) -> tuple[Trained, pd.DataFrame]:
    trained = SPEC.train(world, {"folds": 1, **settings})
    as_of = pd.to_datetime(world["ftr_user_snapshots"]["as_of"]).max()
    table = SPEC.score(trained, world, as_of=as_of.date() if pd.notna(as_of) else date(2026, 1, 1))
    found = table["fct_propensities"]
    assert list(found.columns) == list(SPEC.tables["fct_propensities"])
    assert found["probability"].between(0, 1).all()
    assert not found["user_key"].duplicated().any()
    return trained, found


@pytest.fixture(scope="module")
def told(world: Frames) -> tuple[Trained, pd.DataFrame]:
    return published(world)


def test_everybody_is_asked_about_a_first_purchase_or_the_next(
    world: Frames, told: tuple[Trained, pd.DataFrame]
):
    snapshot = world["ftr_user_snapshots"]
    today = snapshot[snapshot["as_of"] == snapshot["as_of"].max()].set_index("user_key")
    table = told[1].set_index("user_key")
    assert set(table.index) == set(today.index)
    bought = today.loc[table.index, "orders_all"] > 0
    assert (table["goal"] == np.where(bought, "next_purchase", "first_purchase")).all()
    assert (table["horizon_days"] == 30).all()
    assert table["reason_1"].notna().all()


def test_what_is_foreseen_of_a_past_day_is_near_what_then_happened(world: Frames):
    """Trained and scored a horizon ago, against outcomes nobody could know then."""
    dates = sorted(world["ftr_user_snapshots"]["as_of"].unique())
    then = pd.Timestamp(dates[-2])
    trained = SPEC.train(world, {"anchor": then.date()})
    table = SPEC.score(trained, world, as_of=then.date())["fct_propensities"]
    labels = world["ftr_purchase_labels"]
    came = table.merge(labels[labels["as_of"] == then], on="user_key")
    assert len(came) == len(table)
    for _, rows_ in came.groupby("goal"):
        assert rows_["probability"].mean() == pytest.approx(rows_["has_bought"].mean(), abs=0.05)
        order = rows_["probability"].rank()
        positive = rows_["has_bought"].astype(bool)
        count, others = positive.sum(), (~positive).sum()
        # Mann and Whitney's count of pairs in the right order.
        area = (order[positive].sum() - count * (count + 1) / 2) / (count * others)
        assert area > 0.65


@pytest.mark.parametrize(("folder", "horizon"), [("cdnow", 60), ("uci_online_retail", 30)])
def test_the_next_purchase_is_told_no_worse_than_by_the_rules_on_public_data(folder: str, horizon: int):
    if not (DATA / folder).exists():
        pytest.skip(f"../shared/data/{folder} is not here")
    read = {"cdnow": snapshots.cdnow, "uci_online_retail": snapshots.online_retail}[folder]
    visits = read(DATA / folder)
    end = visits["day"].max()
    dates = [end - pd.Timedelta(days=horizon * step) for step in range(6)]
    snapshot, labels = snapshots.build(visits, dates, horizon, 10_000)
    bought = labels[["as_of", "user_key"]].assign(has_bought=~labels["is_churned"])
    world = {"ftr_user_snapshots": snapshot, "ftr_purchase_labels": bought}
    figures = SPEC.train(world, {"horizon_days": horizon}).metrics.set_index("metric")
    assert figures.loc["next_purchase_auc", "value"] >= 0.74
    assert figures.loc["next_purchase_auc", "value"] >= figures.loc["next_purchase_auc", "baseline_value"]
    assert figures.loc["next_purchase_brier", "value"] <= figures.loc["next_purchase_brier", "baseline_value"]


def test_an_outcome_whose_horizon_is_not_over_is_not_learnt(world: Frames):
    dates = sorted(world["ftr_user_snapshots"]["as_of"].unique())
    anchor = (pd.Timestamp(dates[-1]) - pd.Timedelta(days=1)).date()
    settings = PropensitySettings(anchor=anchor)
    found = rows.select(world["ftr_user_snapshots"], world["ftr_purchase_labels"], settings)
    assert found.dropna(subset="has_bought")["as_of"].max() == dates[-3]


def test_nothing_after_the_anchor_changes_what_is_learnt(world: Frames):
    snapshot, labels = world["ftr_user_snapshots"], world["ftr_purchase_labels"]
    anchor = sorted(snapshot["as_of"].unique())[-3]
    settings = PropensitySettings(anchor=pd.Timestamp(anchor).date())
    told = labels["as_of"] + pd.Timedelta(days=30) <= anchor
    pd.testing.assert_frame_equal(
        rows.select(snapshot, labels, settings),
        rows.select(snapshot[snapshot["as_of"] <= anchor], labels[told], settings),
    )


def test_a_refit_another_order_and_a_file_give_the_same_bits(
    world: Frames, told: tuple[Trained, pd.DataFrame], tmp_path: Path
):
    mixed = {name: frame.sample(frac=1, random_state=3) for name, frame in world.items()}
    fitted = registry.fit_or_load(SPEC, tmp_path, mixed, {"folds": 1}).trained
    read = registry.load(SPEC, tmp_path, fitted.version)
    as_of = world["ftr_user_snapshots"]["as_of"].max().date()
    again = SPEC.score(read, mixed, as_of=as_of)["fct_propensities"]
    same = ["user_key", "goal", "probability", "reason_1", "reason_2"]
    pd.testing.assert_frame_equal(told[1][same], again[same], check_exact=True)


def test_where_buying_is_chance_the_rule_is_published_but_for_one_time_in_twenty(world: Frames):
    labels = world["ftr_purchase_labels"]
    methods = []
    for seed in (4, 5, 6):
        random = np.random.default_rng(seed)
        chance = labels.assign(has_bought=random.random(len(labels)) < 0.2)
        trained, table = published(world | {"ftr_purchase_labels": chance})
        methods += list(table.groupby("goal")["method"].first())
        assert "did not beat the rules" in trained.reason
    assert len(methods) == 6
    # More than two of six learned would come about once in four hundred times.
    assert sum(not method.startswith("rule:") for method in methods) <= 2


def _spoilt(world: Frames, keep: pd.Series) -> Frames:
    return world | {"ftr_user_snapshots": world["ftr_user_snapshots"][keep]}


def test_a_handful_nobody_and_no_outcomes_are_no_failure(world: Frames):
    snapshot = world["ftr_user_snapshots"]
    ten = snapshot["user_key"].isin(sorted(snapshot["user_key"].unique())[:10])
    for few in (_spoilt(world, ten), _spoilt(world, ten & ~ten)):
        trained, table = published(few)
        assert trained.method == "none"
        assert trained.reason
        assert table.empty
    trained, table = published(world | {"ftr_purchase_labels": world["ftr_purchase_labels"].iloc[:0]})
    assert set(table["method"]) == {"rule:bgnbd:untested"}
    assert set(table["goal"]) == {"next_purchase"}


def test_where_nobody_has_bought_there_is_no_next_purchase(world: Frames):
    snapshot = world["ftr_user_snapshots"]
    columns = [name for name in snapshot if name.startswith(("orders_", "revenue_"))]
    nobody = world | {
        "ftr_user_snapshots": snapshot.assign(**dict.fromkeys(columns, 0.0)),
        "ftr_purchase_labels": world["ftr_purchase_labels"].assign(has_bought=False),
    }
    trained, table = published(nobody)
    assert trained.method == "none"
    assert table.empty


def test_infinite_constant_unknown_and_repeated_values_are_survived(world: Frames):
    snapshot = world["ftr_user_snapshots"]
    odd = snapshot.assign(
        revenue_all=np.where(np.arange(len(snapshot)) % 50 == 0, np.inf, snapshot["revenue_all"]),
        events_7=1e18,
        sessions_7=np.nan,
    )
    published(world | {"ftr_user_snapshots": pd.concat([odd, odd.iloc[:40]])})


def test_every_test_day_lies_after_the_horizons_it_learnt_from(world: Frames):
    found = rows.select(world["ftr_user_snapshots"], world["ftr_purchase_labels"], PropensitySettings())
    labelled = found[found["has_bought"].notna() & (found["goal"] == rows.NEXT)]
    # Which day is tested on after which does not hang on how many people there are.
    some = sorted(labelled["user_key"].unique())[::2]
    labelled = labelled[labelled["user_key"].isin(some)]
    results = backtest.run(rows.NEXT, labelled, PropensitySettings(folds=9, min_gain=0.0)).results
    dates = sorted(labelled["as_of"].unique())
    # The first day has no day before it, so it is never tested on.
    assert sorted(results["test_day"].unique()) == dates[1:]

"""Forecasts of spend: no worse than the rule they are blended with, and blind to what came later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import snapshots
from ml import registry
from ml.spec import Trained
from ml.value import SPEC, backtest
from ml.value.purchases import clean, ordinal, purchases

DATA = Path(__file__).parents[3].parent / "shared" / "data"
DAY = date(2026, 6, 30)


def shop(people: int = 600, seed: int = 1, days: int = 500) -> pd.DataFrame:
    """Buyers of their own pace and taste who leave for good: BG/NBD and Gamma-Gamma by construction."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(people):
        today = int(random.integers(0, days - 100))
        pace, leaves = random.gamma(0.8, 0.05), random.beta(0.8, 3.0)
        level = random.gamma(4.0, 20.0) + 5.0
        while today < days:
            rows.append((f"{number:064x}", today, level * random.gamma(4.0, 0.25)))
            if random.random() < leaves:
                break
            today += 1 + int(random.exponential(1 / pace))
    frame = pd.DataFrame(rows, columns=["user_key", "day", "revenue"])
    first = pd.Timestamp(DAY) - pd.Timedelta(days=days - 1)
    day = first + pd.to_timedelta(frame["day"], "D")
    return frame.assign(day=day, known_day=day, orders=1)


def given(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {"ftr_purchase_days": frame}


def published(frame: pd.DataFrame, **settings: object) -> tuple[Trained, pd.DataFrame]:
    trained = SPEC.train(given(frame), {"anchor": DAY, **settings})
    scored = SPEC.score(trained, given(frame), as_of=DAY)["fct_value_forecasts"]
    assert list(scored.columns) == list(SPEC.tables["fct_value_forecasts"])
    assert not scored["user_key"].duplicated().any()
    for name in ("p_alive", "expected_purchases", "expected_value", "clv"):
        assert np.isfinite(scored[name]).all()
        assert (scored[name] >= 0).all()
    assert (scored["p_alive"] <= 1).all()
    return trained, scored


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return shop()


@pytest.mark.parametrize(("folder", "horizon"), [("cdnow", 90), ("uci_online_retail", 90)])
def test_the_blend_ranks_no_worse_and_errs_little_more_than_the_rule_out_of_time(folder: str, horizon: int):
    if not (DATA / folder).exists():
        pytest.skip(f"../shared/data/{folder} is not here")
    read = {"cdnow": snapshots.cdnow, "uci_online_retail": snapshots.online_retail}[folder]
    bought = read(DATA / folder).assign(orders=1)
    trained = SPEC.train(
        given(bought.assign(known_day=bought["day"])), {"clv_horizon_days": horizon, "folds": 3}
    )
    assert trained.method == backtest.BLEND
    figures = trained.metrics.set_index("metric")
    assert figures.loc["gini", "value"] >= figures.loc["gini", "baseline_value"] + 0.001
    assert figures.loc["rmse", "value"] <= 1.02 * figures.loc["rmse", "baseline_value"]
    assert abs(figures.loc["bias", "value"]) < 0.2


def test_a_planted_shop_is_forecast_to_its_total_and_its_best_people(frame: pd.DataFrame):
    then = pd.Timestamp(DAY) - pd.Timedelta(days=90)
    trained = SPEC.train(given(frame), {"anchor": then.date()})
    scored = SPEC.score(trained, given(frame), as_of=then.date())["fct_value_forecasts"]
    later = frame[frame["day"] > then].groupby("user_key")["revenue"].sum()
    came = scored["user_key"].map(later).fillna(0.0)
    assert scored["clv"].sum() == pytest.approx(came.sum(), rel=0.25)
    best = scored["clv"].rank(ascending=False) <= len(scored) / 5
    assert came[best].sum() > 0.5 * came.sum()


def test_nothing_known_after_the_anchor_or_the_day_changes_a_model_or_a_forecast(frame: pd.DataFrame):
    then = date(2026, 3, 1)
    settings = {"anchor": then}
    before = frame[frame["known_day"] <= pd.Timestamp(then)]
    late = before.iloc[:50].assign(known_day=pd.Timestamp("2026-05-01"), orders=0, revenue=-1e6)
    whole = pd.concat([frame, late])
    assert registry.version_of(SPEC, given(whole), settings) == registry.version_of(
        SPEC, given(before), settings
    )
    models = [SPEC.train(given(one), settings) for one in (whole, before)]
    tables = [
        SPEC.score(model, given(one), as_of=then)["fct_value_forecasts"]
        for model, one in zip(models, (whole, before), strict=True)
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_features_of_a_past_day_are_those_of_a_world_that_ended_then(frame: pd.DataFrame):
    today = ordinal(date(2026, 1, 15))
    whole = purchases(clean(frame, None)).history(today)
    ended = purchases(clean(frame[frame["day"] <= pd.Timestamp("2026-01-15")], None)).history(today)
    np.testing.assert_array_equal(whole.features, ended.features)
    np.testing.assert_array_equal(whole.repeats, ended.repeats)


def test_a_refund_takes_from_worth_and_not_from_visits():
    day = pd.Timestamp("2026-06-01")
    rows = [("a", day, day, 1, 100.0), ("a", day, pd.Timestamp("2026-06-10"), 0, -40.0)]
    frame = pd.DataFrame(rows, columns=["user_key", "day", "known_day", "orders", "revenue"])
    facts = purchases(clean(frame, None))
    before, after = (facts.history(ordinal(date(2026, 6, one))) for one in (9, 10))
    assert (before.purchases[0], before.mean[0]) == (1.0, 100.0)
    assert (after.purchases[0], after.mean[0], after.repeats[0]) == (1.0, 60.0, 0.0)


def test_a_refit_and_another_order_of_rows_give_the_same_bits(frame: pd.DataFrame):
    first, again = published(frame), published(frame.sample(frac=1, random_state=5))
    pd.testing.assert_frame_equal(first[1], again[1], check_exact=True)
    assert first[0].metrics.equals(again[0].metrics)


def test_where_nobody_leaves_it_is_the_plain_nbd_and_says_so():
    random = np.random.default_rng(2)
    rows = [
        (f"{number:064x}", pd.Timestamp("2025-06-01") + pd.Timedelta(days=int(day)), 10.0)
        for number in range(300)
        for day in np.flatnonzero(random.random(395) < 0.03 + 0.002 * (number % 20))
    ]
    frame = pd.DataFrame(rows, columns=["user_key", "day", "revenue"])
    trained, scored = published(frame.assign(known_day=frame["day"], orders=1))
    assert "plain NBD" in trained.card["warning"]
    assert (scored["p_alive"] == 1).all()


def test_what_is_read_back_forecasts_the_same(frame: pd.DataFrame, tmp_path: Path):
    fitted = registry.fit_or_load(SPEC, tmp_path, given(frame), {"anchor": DAY}).trained
    read = registry.load(SPEC, tmp_path, fitted.version)
    tables = [SPEC.score(one, given(frame), as_of=DAY)["fct_value_forecasts"] for one in (fitted, read)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


@pytest.mark.parametrize(
    ("spoil", "method"),
    [
        (lambda f: f.iloc[:0], "none"),
        (lambda f: f[f["user_key"].isin(sorted(f["user_key"].unique())[:10])], "none"),
        (lambda f: f.drop_duplicates("user_key"), "none"),
        (lambda f: f.assign(revenue=0.0), "none"),
        (lambda f: f.assign(revenue=np.nan), "none"),
        (lambda f: f[f["day"] > "2026-05-01"], "rule:bgnbd_gamma_gamma:untested"),
    ],
    ids=["nobody", "ten people", "nobody twice", "worth nothing", "unknown worth", "two months"],
)
def test_poor_data_gives_the_rule_or_nothing_and_the_reason(frame: pd.DataFrame, spoil, method: str):
    trained, scored = published(spoil(frame))
    assert trained.method == method
    assert trained.reason
    assert (len(scored) == 0) == (method == "none")


def test_infinite_huge_and_repeated_rows_are_survived(frame: pd.DataFrame):
    odd = frame.copy()
    odd.loc[odd.index[::40], "revenue"] = np.inf
    odd.loc[odd.index[7], "revenue"] = 1e12
    unknown = odd.assign(revenue=odd["revenue"].replace(np.inf, np.nan))
    pd.testing.assert_frame_equal(published(odd)[1], published(unknown)[1], check_exact=True)
    published(frame.assign(revenue=25.0))
    published(pd.concat([frame, frame.iloc[:100]]))

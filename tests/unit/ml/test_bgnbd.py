"""BG/NBD gives the published answers, and survives data it was not made for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import check_grad

from ml import bgnbd

CDNOW = Path(__file__).parents[3].parent / "shared/data/cdnow/cdnow_customers_summary.csv"


@pytest.mark.skipif(not CDNOW.exists(), reason="../shared/data/cdnow is not here")
def test_the_published_cdnow_fit_is_reproduced():
    people = pd.read_csv(CDNOW)
    model = bgnbd.fit(*(people[name].to_numpy(dtype="float64") for name in ("frequency", "recency", "T")))
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=1e-2)
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.1)


def drawn(people: int, dropout: bool, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Repeat purchases at gamma paces, with or without anybody leaving."""
    random = np.random.default_rng(seed)
    age = random.uniform(100, 300, people)
    rate, leaves = random.gamma(1.0, 0.05, people), random.beta(0.8, 2.5, people)
    repeats, last = np.zeros(people), np.zeros(people)
    for one in range(people):
        now = random.exponential(1 / rate[one])
        while now < age[one]:
            repeats[one], last[one] = repeats[one] + 1, now
            if dropout and random.random() < leaves[one]:
                break
            now += random.exponential(1 / rate[one])
    return repeats, last, age


def test_the_unit_of_time_changes_alpha_only():
    repeats, last, age = drawn(800, dropout=True)
    by_day, by_week = bgnbd.fit(repeats, last, age), bgnbd.fit(repeats, last / 7, age / 7)
    assert by_week.alpha * 7 == pytest.approx(by_day.alpha, rel=1e-3)
    assert (by_week.r, by_week.a, by_week.b) == pytest.approx((by_day.r, by_day.a, by_day.b), rel=1e-2)


def test_where_nobody_leaves_it_is_the_plain_nbd():
    model = bgnbd.fit(*drawn(1500, dropout=False))
    assert model.a / (model.a + model.b) < 0.02


def test_the_gradient_is_the_slope_of_the_likelihood():
    repeats, last, age = drawn(50, dropout=True)
    args = (repeats, last / 30, age / 30, np.full(50, 1 / 50))

    def value(at: np.ndarray) -> float:
        return bgnbd._negative(at, *args)[0]

    def slope(at: np.ndarray) -> np.ndarray:
        return bgnbd._negative(at, *args)[1]

    assert check_grad(value, slope, np.array([-0.5, 0.3, -0.2, 0.8])) < 1e-5


def test_a_single_purchase_says_alive_yet_may_stay_away():
    model = bgnbd.BgNbd(0.243, 4.414, 0.793, 2.426, 0.0)
    once = np.array([0.0]), np.array([0.0]), np.array([38.0])
    assert model.p_alive(*once) == pytest.approx(1.0)
    # (4.414 + 38) / (4.414 + 38 + 8.57) to the power of .243
    assert model.p_none(*once, 8.57) == pytest.approx((42.414 / 50.984) ** 0.243)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(0, 0, 10)],
        [(0, 0, 10)] * 50,
        [(np.nan, 0, 10), (1, np.inf, 10)],
    ],
)
def test_without_a_repeat_there_is_no_fit(rows):
    table = np.array(rows, dtype="float64").reshape(-1, 3)
    assert bgnbd.fit(table[:, 0], table[:, 1], table[:, 2]) is None


def test_extreme_histories_still_give_probabilities():
    repeats = np.array([0, 1, 1, 900, 2000, 3.0])
    last = np.array([0, 0, 5, 999, 2000, 1.0])
    age = np.array([1, 3000, 5, 1000, 2000, 3000.0])
    model = bgnbd.fit(repeats, last, age)
    p = model.p_none(repeats, last, age, 30.0)
    assert np.isfinite(p).all()
    assert ((p >= 0) & (p <= 1)).all()

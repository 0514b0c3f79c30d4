"""Gamma-Gamma finds planted parameters, and expected purchases are what simulation brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import check_grad

from bench import snapshots
from ml import bgnbd, gamma_gamma

CDNOW = Path(__file__).parents[3].parent / "shared/data/cdnow"


def test_planted_parameters_are_found():
    random = np.random.default_rng(1)
    count = 4000
    x = random.integers(1, 12, count).astype(float)
    rate = random.gamma(4.0, 1 / 15.0, count)
    mean = random.gamma(6.0 * x, 1.0, count) / (rate * x)
    found = gamma_gamma.fit(x, mean)
    assert (found.p, found.q, found.v) == pytest.approx((6.0, 4.0, 15.0), rel=0.12)
    # What is expected of everyone is the mean of the population, p v / (q - 1).
    assert found.expected(np.zeros(1), np.zeros(1)) == pytest.approx(6.0 * 15.0 / 3.0, rel=0.03)


def test_the_gradient_is_the_slope_of_the_likelihood():
    random = np.random.default_rng(3)
    x, m = random.integers(1, 9, 50).astype(float), random.gamma(2.0, 1.0, 50)
    at = np.array([0.7, 1.1, 0.4])
    assert (
        check_grad(
            lambda where: gamma_gamma._negative(where, x, m)[0],
            lambda where: gamma_gamma._negative(where, x, m)[1],
            at,
        )
        < 1e-5
    )


@pytest.mark.parametrize("rows", [[], [(1.0, 5.0)] * 4, [(0.0, 5.0)] * 50, [(2.0, np.nan)] * 50])
def test_too_few_or_unknown_sums_give_no_fit(rows: list[tuple[float, float]]):
    table = np.array(rows, dtype="float64").reshape(-1, 2)
    assert gamma_gamma.fit(table[:, 0], table[:, 1]) is None


def test_expected_purchases_are_what_simulated_people_do():
    model = bgnbd.BgNbd(0.8, 20.0, 0.9, 2.5, 0.0)
    random = np.random.default_rng(4)
    history, later = [], []
    for _ in range(60_000):
        rate, leaves = random.gamma(model.r, 1 / model.alpha), random.beta(model.a, model.b)
        times, now = [], random.exponential(1 / rate)
        while now < 200:
            times.append(now)
            if random.random() < leaves:
                break
            now += random.exponential(1 / rate)
        past = [one for one in times if one <= 100]
        history.append((len(past), past[-1] if past else 0.0, 100.0))
        later.append(len(times) - len(past))
    x, recency, age = np.array(history).T
    forecast = model.expected(x, recency, age, 100.0)
    came = np.array(later)
    for low, high in ((0, 0), (1, 1), (2, 3), (4, 99)):
        group = (x >= low) & (x <= high)
        assert forecast[group].mean() == pytest.approx(came[group].mean(), rel=0.06)


@pytest.mark.skipif(not CDNOW.exists(), reason="../shared/data/cdnow is not here")
def test_cdnow_is_forecast_as_published():
    """Weeks 40 to 78 of the published sample, from weeks 1 to 39."""
    people = snapshots.cdnow_published(CDNOW)
    x, recency, age = (people[name].to_numpy(dtype="float64") for name in ("frequency", "recency", "T"))
    forecast = bgnbd.fit(x, recency, age).expected(x, recency, age, 39.0)
    assert np.corrcoef(forecast, people["later"])[0, 1] >= 0.62
    assert forecast.sum() / people["later"].sum() - 1 == pytest.approx(-0.12, abs=0.04)

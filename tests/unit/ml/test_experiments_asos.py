"""78 real experiments in sufficient statistics: every test recomputed by other means than the project's.

The oracle knows the published means and variances alone; it works in exact fractions up to the statistic, and
its tails are scipy.stats distributions, while the project goes through sums and special functions.
"""

from __future__ import annotations

from fractions import Fraction
from math import isclose, sqrt

import pandas as pd
import pytest
from scipy import stats

from ml.experiments.comparison import Comparison, compare, ratio_mismatch_p
from ml.experiments.moments import Sums, plain
from orchestration import environment

ASOS = environment.PROJECT_ROOT.parent / "shared/data/asos_experiments/asos_digital_experiments_dataset.csv"
ALPHA = 0.05
pytestmark = pytest.mark.skipif(not ASOS.exists(), reason="the data are not beside the project")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    read = pd.read_csv(ASOS)
    # A few first looks have nobody in an arm.
    return read[
        (read[["count_c", "count_t"]].min(axis=1) >= 2) & (read["variance_c"] + read["variance_t"] > 0)
    ]


def _ours(row: object, of: str) -> Comparison:
    control = plain(Sums.of_mean(row.count_c, row.mean_c, row.variance_c))  # type: ignore[attr-defined]
    treatment = plain(Sums.of_mean(row.count_t, row.mean_t, row.variance_t))  # type: ignore[attr-defined]
    return compare(control, treatment, alpha=ALPHA, tau=0.01, of=of)  # type: ignore[arg-type]


def _error(row: object) -> float:
    squared = Fraction(row.variance_c) / Fraction(row.count_c) + Fraction(row.variance_t) / Fraction(
        row.count_t
    )  # type: ignore[attr-defined]
    return sqrt(squared)


def test_there_are_78_experiments_and_24_153_comparisons() -> None:
    everything = pd.read_csv(ASOS)
    assert (everything["experiment_id"].nunique(), len(everything)) == (78, 24_153)


def test_every_welch_statistic_is_that_of_an_independent_computation(rows: pd.DataFrame) -> None:
    given = {name: rows[name].to_numpy() for name in rows.columns}
    oracle = stats.ttest_ind_from_stats(
        given["mean_t"], given["variance_t"] ** 0.5, given["count_t"],
        given["mean_c"], given["variance_c"] ** 0.5, given["count_c"], equal_var=False,
    )  # fmt: skip
    c, t = (given[f"variance_{arm}"] / given[f"count_{arm}"] for arm in "ct")
    freedom = (c + t) ** 2 / (c**2 / (given["count_c"] - 1) + t**2 / (given["count_t"] - 1))
    reach = stats.t.isf(ALPHA / 2, freedom) * (c + t) ** 0.5
    for place, row in enumerate(rows.itertuples()):
        ours = _ours(row, "mean")
        assert isclose(ours.p, oracle.pvalue[place], rel_tol=1e-6, abs_tol=1e-12)
        assert isclose(ours.high - ours.low, 2 * reach[place], rel_tol=1e-6)
        assert isclose(ours.high + ours.low, 2 * ours.difference, rel_tol=1e-6, abs_tol=1e-9)


def test_every_z_statistic_is_that_of_exact_fractions(rows: pd.DataFrame) -> None:
    shares = rows[rows["metric_id"] == 1]
    assert len(shares) > 5_000
    for row in shares.itertuples():
        ours, error = _ours(row, "share"), _error(row)
        exact = float(Fraction(row.mean_t) - Fraction(row.mean_c))
        assert isclose(ours.difference, exact, rel_tol=1e-9, abs_tol=1e-15)
        assert isclose(ours.p, 2 * stats.norm.sf(abs(exact) / error), rel_tol=1e-6, abs_tol=1e-12)
        assert isclose(ours.high - ours.low, 2 * stats.norm.isf(ALPHA / 2) * error, rel_tol=1e-6)
        # Fieller's interval leaves the control's mean out exactly when the test rejects.
        assert (ours.lift_low > 0 or ours.lift_high < 0) == (ours.p < ALPHA)


def test_the_split_of_every_last_look_is_judged_as_a_chi_square_of_one_degree(rows: pd.DataFrame) -> None:
    last = rows.sort_values("time_since_start").groupby(["experiment_id", "variant_id"]).tail(1)
    for row in last.itertuples():
        seen = [row.count_c, row.count_t]
        assert isclose(
            ratio_mismatch_p(seen, [0.5, 0.5]), stats.chisquare(seen).pvalue, rel_tol=1e-9, abs_tol=1e-300
        )

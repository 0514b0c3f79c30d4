"""Measures on rows worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml import measures


def arrays(*columns: list[float]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(column, dtype="float64") for column in columns)


def test_auc_counts_pairs_and_halves_ties():
    truth, p = arrays([1, 0, 1, 0], [0.9, 0.5, 0.5, 0.1])
    assert measures.auc(truth, p) == pytest.approx(3.5 / 4)


def test_auc_of_one_class_is_unknown():
    assert np.isnan(measures.auc(*arrays([1, 1], [0.2, 0.3])))


def test_average_precision_takes_equal_scores_as_one_step():
    truth, p = arrays([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1])
    # Half the positives at precision 1, the other half at 2 of 3.
    assert measures.average_precision(truth, p) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_lift_shares_ties_at_the_edge():
    truth, p = arrays([1, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0.5] * 10)
    assert measures.lift(truth, p) == pytest.approx(1.0)
    assert measures.lift_limit(truth) == pytest.approx(5.0)
    best = np.linspace(1, 0, 10)
    assert measures.lift(truth, best) == pytest.approx(5.0)


def test_ece_is_the_mean_gap_of_groups():
    truth, p = arrays([0, 0, 1, 1], [0.25, 0.25, 0.75, 0.75])
    assert measures.ece(truth, p, bins=2) == pytest.approx(0.25)


def test_the_rarer_class_is_the_one_looked_for():
    truth, p = arrays([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.1])
    assert measures.all_of(truth, p)["pr_auc_rarer"] == pytest.approx(1.0)

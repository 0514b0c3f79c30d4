"""Trees read as bit masks answer as the estimator itself does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml.churn import reasons
from ml.churn.components import fit, learners, logits
from ml.churn.features import COLUMNS, GROUPS, matrix
from ml.churn.forest import forest
from ml.churn.rows import select
from ml.churn.settings import ChurnSettings


@pytest.fixture(scope="module")
def fitted() -> tuple[dict[str, object], np.ndarray]:
    random = np.random.default_rng(0)
    x = random.gamma(2.0, 3.0, (3000, len(COLUMNS)))
    x[random.random(x.shape) < 0.1] = np.nan
    y = (np.nan_to_num(x[:, 3]) - np.nan_to_num(x[:, 40]) + random.normal(0, 2, 3000) > 0).astype("float64")
    return learners(x, y, 1), x


def test_masks_give_the_estimators_own_logits(fitted: tuple[dict[str, object], np.ndarray]):
    model, x = fitted
    trees = forest(model["boosting"], model["used"])
    everything = trees.masks(x, [np.arange(len(COLUMNS))])[0]
    np.testing.assert_allclose(trees.total(everything), logits(model, x)["boosting"], atol=1e-9)


def test_swapping_by_masks_is_swapping_by_hand(frames: tuple[pd.DataFrame, pd.DataFrame]):
    rows = select(*frames, ChurnSettings())
    known = rows[rows["is_churned"].notna()]
    everybody = matrix(known)
    parts = ["logistic", "boosting", "bgnbd"]
    model = {
        "fitted": fit(everybody, known["is_churned"].to_numpy(), everybody[-1000:], 30.0, 1),
        "parts": parts,
        "calibration": np.array([1.1, -0.2]),
        "background": everybody[-20:],
    }
    x = everybody[:40]

    def probability(rows: np.ndarray) -> np.ndarray:
        return expit(1.1 * np.mean([logits(model["fitted"], rows)[name] for name in parts], axis=0) - 0.2)

    p = probability(x)
    expected = np.zeros((len(x), len(GROUPS)))
    for number, columns in enumerate(GROUPS.values()):
        at = [COLUMNS.index(column) for column in columns]
        swapped = []
        for other in model["background"]:
            swapped.append(x.copy())
            swapped[-1][:, at] = other[at]
        # One prediction for all twenty: most of what one costs is the same for 40 rows as for 800.
        told = probability(np.concatenate(swapped)).reshape(len(swapped), len(x))
        expected[:, number] = p - told.mean(axis=0)
    np.testing.assert_allclose(reasons._moves(model, x, p), expected, atol=1e-9)

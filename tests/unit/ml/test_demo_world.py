"""The demo world is one that can be learnt: models come near what its generator knows."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench import demo_world
from bench.model_bars import Row


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    """The bench's own rows, by the first words of what they measure."""
    return {row.figure.split(" below ")[0]: row for row in demo_world.rows(3_000)}


def test_churn_ranks_people_nearly_as_the_planted_hazard_does(rows: dict[str, Row]) -> None:
    row = rows["churn AUC"]
    assert row.bar == 0.02
    assert 0 < row.value <= row.bar
    # A hazard that hardly differed between people would be easy to come near to.
    assert float(row.figure.split()[-1]) > 0.85


def test_planted_kinds_of_people_are_found_unasked(rows: dict[str, Row]) -> None:
    row = rows["segments ARI with planted kinds"]
    assert row.bar == 0.8
    assert row.value >= row.bar
    assert rows["the same, told the kinds of others"].value > row.value


def test_the_expected_area_is_the_mean_of_drawn_ones() -> None:
    random = np.random.default_rng(3)
    chances, noise = random.random(400), random.normal(0, 0.3, 400)
    drawn = [roc_auc_score(random.random(400) < chances, chances + noise) for _ in range(300)]
    assert demo_world.expected_auc(chances + noise, chances) == pytest.approx(np.mean(drawn), abs=0.005)

"""On public reviews words tell ratings as well as was promised, in Chinese and in English."""

from __future__ import annotations

import pytest

from bench import reviews


@pytest.mark.parametrize("folder", sorted(reviews.BARS))
def test_words_tell_ratings_of_public_reviews(folder: str) -> None:
    if not (reviews.DATA / folder).exists():
        pytest.skip(f"{folder} is not here")
    test = reviews.held_out(folder)
    measure, bar = reviews.BARS[folder]
    assert test.rows > 3_000
    assert getattr(test, measure) >= bar

"""Removal effects: a published example, every path walked, and what is never true of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.attribution import markov, training

# Three journeys of the worked example that is taught with this method: removing C1 halves the
# purchases, removing C2 or C3 ends them, so that their shares are 20, 40 and 40 %.
TAUGHT = [(["C1", "C2", "C3"], True), (["C1"], False), (["C2", "C3"], False)]
Journey = tuple[list[str], bool]
channels = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4)
worlds = st.lists(st.tuples(channels, st.booleans()), min_size=1, max_size=8)


def transitions(journeys: list[Journey]) -> pd.DataFrame:
    steps: Counter[tuple[str, str]] = Counter()
    for path, bought in journeys:
        steps.update(pairwise([markov.START, *path, markov.CONVERSION if bought else markov.AWAY]))
    rows = [(before, after, count) for (before, after), count in steps.items()]
    return pd.DataFrame(rows, columns=["from_state", "to_state", "transitions"])


def walked(journeys: list[Journey], without: str | None, floor: float = 1e-12) -> float:
    """Chance of a purchase, by walking all paths at once until hardly any chance is on its way."""
    ways: dict[str, Counter[str]] = {}
    for before, after, count in transitions(journeys).itertuples(index=False):
        ways.setdefault(before, Counter())[after] += count
    total, under_way = 0.0, {markov.START: 1.0}
    while sum(under_way.values()) > floor:
        onward: dict[str, float] = {}
        for state, chance in under_way.items():
            for after, count in ways[state].items():
                onward[after] = onward.get(after, 0.0) + chance * count / sum(ways[state].values())
        total += onward.pop(markov.CONVERSION, 0.0)
        under_way = {state: chance for state, chance in onward.items() if state not in (markov.AWAY, without)}
    return total


def test_the_taught_example_comes_out_as_taught() -> None:
    trained = training.train(transitions(TAUGHT))
    found = training.score(trained, date(2026, 6, 30)).set_index("channel")
    assert found.removal_effect.to_dict() == pytest.approx({"C1": 0.5, "C2": 1.0, "C3": 1.0})
    assert found.share.to_dict() == pytest.approx({"C1": 0.2, "C2": 0.4, "C3": 0.4})
    assert trained.metrics.iloc[0].tolist() == ["conversion_probability", pytest.approx(1 / 3), 1 / 3]


@settings(max_examples=60, deadline=None)
@given(journeys=worlds.filter(lambda js: any(bought for _, bought in js)))
def test_an_effect_is_what_walking_every_path_without_the_channel_loses(journeys: list[Journey]) -> None:
    # Paths loop; with people who leave at every channel, none goes round for ever.
    leaving = [*journeys, *([([one], False) for one in "abcd"] * 3)]
    chain = markov.chain_of(transitions(leaving))
    whole = walked(leaving, None)
    lost = [1 - walked(leaving, one) / whole for one in chain.channels]
    assert markov.removal_effects(chain) == pytest.approx(lost, abs=1e-9)
    assert markov.conversion_probability(chain) == pytest.approx(
        sum(bought for _, bought in leaving) / len(leaving)
    )


@given(journeys=worlds)
def test_effects_are_shares_and_do_not_depend_on_the_order_of_rows(journeys: list[Journey]) -> None:
    rows = transitions(journeys)
    trained, shuffled = training.train(rows), training.train(rows.sample(frac=1, random_state=1))
    first, again = (training.score(one, date(2026, 6, 30)) for one in (trained, shuffled))
    pd.testing.assert_frame_equal(first, again)
    assert ((first.removal_effect >= 0) & (first.removal_effect <= 1)).all()
    assert first.empty or np.isclose(first.share.sum(), 1)


def test_a_channel_everybody_must_pass_is_worth_everything_and_one_aside_nothing() -> None:
    journeys: list[Journey] = [(["gate", "x"], True), (["gate"], True), (["aside"], False)]
    found = markov.removal_effects(markov.chain_of(transitions(journeys)))
    effects = dict(zip(("aside", "gate", "x"), found, strict=True))
    assert effects["gate"] == pytest.approx(1)
    assert effects["aside"] == 0


def test_without_a_purchase_nothing_is_published() -> None:
    trained = training.train(transitions([(["a"], False)]))
    assert trained.method == "none"
    assert trained.reason
    assert training.score(trained, date(2026, 6, 30)).empty

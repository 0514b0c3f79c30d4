"""Lists of many people at a time against one person's worked out alone; weights against plain algebra."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.sparse import csc_matrix, csr_matrix

from bench import model_shelves
from ml.recommendations import SPEC, actions, ranking, weights
from ml.recommendations.actions import Taken
from ml.recommendations.candidates import Shelf
from ml.recommendations.learned import Learned
from ml.recommendations.settings import RecommendationSettings

DAY = pd.Timestamp("2026-06-30")
Table = npt.NDArray[np.float32]


def took(random: np.random.Generator, people: int, count: int) -> Taken:
    """Few items by most people, by some of them nearly all there are."""
    pairs = int(random.integers(1, 9 * people))
    rows = pd.DataFrame(
        {
            "user_key": [f"{one:03d}" for one in random.integers(0, people, pairs)],
            "item_id": [f"i{int(one):05d}" for one in count * random.random(pairs) ** 2],
            "day": DAY - pd.to_timedelta(random.integers(0, 100, pairs), "D"),
        }
    )
    items = np.array([f"i{one:05d}" for one in range(count)], dtype=object)
    greedy = pd.DataFrame({"user_key": "000", "item_id": items[: -count // 8], "day": DAY})
    return actions.taken(actions.clean(pd.concat([rows, greedy]), None), DAY, items, 90.0)


Scores = list[tuple[int, float]]


def by_category(now: Taken, shelf: Shelf) -> tuple[list[int], dict[int, list[int]]]:
    """All that is available, the most popular first; and of each category the first twelve."""
    head = sorted(np.flatnonzero(shelf.available), key=lambda item: (-shelf.popularity[item], item))
    kinds: dict[int, list[int]] = {}
    for item in head:
        kinds.setdefault(int(shelf.category[item]), []).append(item)
    return head, {kind: items[:12] for kind, items in kinds.items() if kind >= 0}


def learned(own: npt.NDArray[np.int32], table: Table, trend: npt.NDArray[np.float64], shelf: Shelf) -> Scores:
    """The two hundred best sums of rows of the table."""
    sums = np.zeros(len(table), dtype=np.float32)
    for item in own:
        sums += table[item]
    sums *= trend.astype(np.float32)
    barred = set() if shelf.repeats else set(own)
    shown = [item for item in np.flatnonzero(shelf.available & (sums > 0)) if item not in barred]
    best = sorted(shown, key=lambda item: (-sums[item], item))[:200]
    top = max((float(sums[item]) for item in best), default=0.0) * (1 + 1e-9) + 1e-300
    return [(item, 2 + float(sums[item]) / top) for item in best]


def first(scores: Scores, barred: set[int], shelf: Shelf) -> Scores:
    """The best of them that may be shown, no category in excess."""
    best: dict[int, float] = {}
    for item, points in scores:
        if shelf.available[item] and item not in barred:
            best[item] = max(points, best.get(item, 0.0))
    found: Scores = []
    filled: Counter[int] = Counter()
    for item, points in sorted(best.items(), key=lambda one: (-one[1], one[0])):
        kind = int(shelf.category[item])
        if len(found) < shelf.places and (kind < 0 or filled[kind] < shelf.per_category):
            found.append((int(item), points))
            filled[kind] += 1
    return found


def alone(
    now: Taken, person: int, table: Table | None, trend: npt.NDArray[np.float64], shelf: Shelf
) -> Scores:
    """One person's list, candidate by candidate: what the rules say and nothing clever."""
    own, often = now.owned[person].indices, now.often[person].data
    head, kinds = by_category(now, shelf)
    near = [item for item in head if shelf.category[item] < 0 or item in kinds[int(shelf.category[item])]]
    special: Scores = []
    if table is not None:
        liked = {int(shelf.category[item]) for item in own} & set(kinds)
        special += [(item, 1 + float(shelf.popularity[item])) for kind in liked for item in kinds[kind]]
        special += learned(own, table, trend, shelf)
    if shelf.repeats:
        special += [(item, 3 + one / (often.max() + 1)) for item, one in zip(own, often, strict=True)]
    found: Scores = []
    for popular in [near[:200]] + [head] * (len(head) > len(near[:200])):
        plain = [(item, float(shelf.popularity[item])) for item in popular]
        found = first(plain + special, set() if shelf.repeats else set(own), shelf)
        if len(found) == shelf.most():
            break
    return found


@pytest.mark.parametrize("count", [3, 40, 450, 2_000])
@pytest.mark.parametrize("density", [None, 0.02, 0.9])
@pytest.mark.parametrize("repeats", [False, True])
def test_everybodys_list_is_the_one_worked_out_alone(count: int, density: float | None, repeats: bool):
    random = np.random.default_rng([count, int(100 * (density or 0)), repeats])
    now = took(random, 25, count)
    table = None
    if density is not None:
        # Halves: of sums in any order the same, and many of them equal.
        there = random.random((count, count)) < density
        table = (there * (random.integers(-1, 6, (count, count)) / 2)).astype(np.float32)
        np.fill_diagonal(table, 0.0)
    for kinds, per_category, places in ((1, 3, 10), (30, 2, 20), (400, 1, 5)):
        shelf = Shelf(
            category=random.integers(-(kinds > 1), kinds, count),
            available=random.random(count) < 0.9,
            popularity=ranking.popularity(now),
            places=places,
            per_category=per_category,
            repeats=repeats,
        )
        trend = now.trend("week")
        who = np.arange(len(now.people))
        sparse = None if table is None else csc_matrix(table)
        found: dict[int, Scores] = {person: [] for person in who}
        for part in ranking.lists(now, who, sparse, trend, shelf):
            for row in np.lexsort((part.rank, part.person)):
                own = found[part.person[row]]
                own.append((int(part.item[row]), float(part.score[row])))
                assert part.rank[row] == len(own)
        for person in who:
            expected = alone(now, person, table, trend, shelf)
            assert [item for item, _ in found[person]] == [item for item, _ in expected]
            np.testing.assert_allclose(
                [points for _, points in found[person]], [points for _, points in expected], rtol=1e-12
            )


def test_who_has_the_popular_of_a_small_shop_is_shown_the_rest() -> None:
    items = np.array([f"i{one:02d}" for one in range(15)], dtype=object)
    rows = pd.DataFrame({"user_key": "fan", "item_id": items[:12], "day": DAY})
    others = pd.DataFrame({"user_key": "other", "item_id": items[:13], "day": DAY})
    now = actions.taken(actions.clean(pd.concat([rows, others]), None), DAY, items, 90.0)
    shelf = Shelf(
        category=np.zeros(15, dtype=np.int64),
        available=np.ones(15, dtype=bool),
        popularity=ranking.popularity(now),
        places=20,
        per_category=5,
        repeats=False,
    )
    (fan,) = np.flatnonzero(np.asarray(now.people) == "fan")
    parts = list(ranking.lists(now, np.array([fan]), None, now.trend("week"), shelf))
    assert [items[item] for part in parts for item in part.item] == ["i12", "i13", "i14"]


def by_algebra(owned: csr_matrix, regularisation: float) -> npt.NDArray[np.float64]:
    """EASE as published, in double precision."""
    inverse = np.linalg.inv((owned.T @ owned).toarray() + regularisation * np.eye(owned.shape[1]))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    return expected


def test_weights_in_single_precision_are_those_of_double():
    random = np.random.default_rng(4)
    pairs, people, count = 60_000, 8_000, 1_200
    at = random.integers(0, people, pairs), (count * random.random(pairs) ** 2).astype(int)
    owned = csr_matrix((np.ones(pairs), at), shape=(people, count))
    owned.data[:] = 1.0
    found = weights.fit(owned, 100.0, RecommendationSettings(neighbours=count)).toarray()
    expected = by_algebra(owned, 100.0)
    assert np.abs(found - expected).max() <= 2e-6 * np.abs(expected).max()


def test_where_single_precision_would_be_wrong_double_is_taken():
    """Two items of everybody, never one without the other: what tells them apart is lambda alone."""
    random = np.random.default_rng(4)
    owned = csr_matrix(np.hstack([np.ones((20_000, 2)), random.random((20_000, 20)) < 0.3]).astype(float))
    expected = by_algebra(owned, 0.01)
    found = weights.fit(owned, 0.01, RecommendationSettings()).toarray()
    np.testing.assert_allclose(found, expected, atol=1e-5)
    single = weights._inverse(owned, 0.01, np.float32)
    assert not weights._is_near(single, owned, 0.01)


def test_of_a_column_the_strongest_weights_are_kept_and_equals_at_the_edge():
    table = np.array([[0.0, 3, -1], [-2, 0, 1], [1, 2, 0.0]], order="F")
    kept = weights._strongest(table, 1)
    np.testing.assert_array_equal(kept.toarray(), [[0, 3, -1], [-2, 0, 1], [0, 0, 0]])
    assert kept.dtype == np.float32


@pytest.mark.parametrize(("most", "method"), [(8_000, weights.EASE), (500, weights.COSINE)])
def test_lists_are_the_same_however_little_is_held_at_a_time(
    monkeypatch: pytest.MonkeyPatch, most: int, method: str
):
    """Trained and scored as a night does it; the second time scores and similarities go few by few."""
    frames = model_shelves.world(400, 640)
    asked = {"anchor": DAY.date(), "max_items": most, "neighbours": 100}
    tables, widest = [], list[int]()
    sums = Learned._scores

    def watched(self: Learned, owned: csr_matrix) -> tuple[Table, npt.NDArray[np.int64] | None]:
        score, item = sums(self, owned)
        widest.append(score.size)
        return score, item

    monkeypatch.setattr(Learned, "_scores", watched)
    for cells in (1_000_000, 4_000):
        monkeypatch.setattr("ml.recommendations.learned._CELLS", cells)
        monkeypatch.setattr("ml.recommendations.weights._CELLS", cells)
        widest.clear()
        trained = SPEC.train(frames, asked)
        assert trained.method == method
        tables.append(SPEC.score(trained, frames, as_of=DAY.date())["fct_recommendations"])
        assert max(widest) <= cells
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert model_shelves.violations(tables[0], frames) == 0
    assert model_shelves.of_taste(tables[0], frames) > 0.8

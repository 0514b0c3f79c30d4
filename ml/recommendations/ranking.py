"""Scores into lists: tiers, filters, no category in excess, and nobody left with less than there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.frames import FloatArray
from ml.recommendations.actions import Ints, Taken

#: What a place in a list rests on, by the whole part of its score.
POPULAR, OWN_CATEGORIES, LEARNED, OWN = range(4)
#: Candidates looked at: of all items, of what was learned of a person, of each of their categories.
_HEAD, _LEARNED, _OF_CATEGORY = 200, 200, 12
_CELLS = 4_000_000


@dataclass(frozen=True)
class Shelf:
    """What may be recommended, and how a list is made of it.

    Attributes
    ----------
    category
        A number per item, -1 where unknown.
    available
        False for what is delisted.
    popularity
        Of each item, from 0 up to below 1.
    places, per_category
        Length of a list, and the most in it of one category.
    repeats
        Whether what a person has may be listed.
    """

    category: Ints
    available: npt.NDArray[np.bool_]
    popularity: FloatArray
    places: int
    per_category: int
    repeats: bool

    def popular(self) -> Ints:
        """All available items, the most popular first."""
        order = np.argsort(-self.popularity, kind="stable")
        return order[self.available[order]]

    def most(self) -> int:
        """The longest list anyone can be given."""
        kinds = self.category[self.available]
        capped = np.minimum(np.bincount(kinds[kinds >= 0]), self.per_category).sum()
        return int(min(self.places, capped + (kinds < 0).sum()))


@dataclass(frozen=True)
class Lists:
    """Rows of lists, by person and rank: positions of people and items, and scores."""

    person: Ints
    item: Ints
    score: FloatArray
    rank: Ints


def popularity(now: Taken) -> FloatArray:
    """People who lately took each item, then people ever, as a share below 1."""
    share = now.recent + now.ever / (now.ever.max(initial=0.0) + 1.0)
    return np.asarray(share / (share.max(initial=0.0) + 1.0))


def categories(items: npt.NDArray[np.object_], catalogue: pd.DataFrame) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Category and availability in the order of ``items``; unknown items are available, in no category."""
    known = catalogue.dropna(subset="item_id").sort_values("item_id", kind="stable")
    known = known.drop_duplicates("item_id").set_index("item_id").reindex(items)
    available = known["is_available"].astype("boolean").fillna(True).to_numpy(dtype=bool)
    numbers = pd.factorize(known["category"].astype("object"), sort=True)[0]
    return numbers.astype(np.int64), available


def lists(now: Taken, who: Ints, weights: Any | None, trend: FloatArray, shelf: Shelf) -> Iterator[Lists]:
    """The lists of these people, some at a time; without weights the popular, but for what they have."""
    size = max(1, min(2_000, _CELLS // max(1, len(now.items))))
    head = shelf.popular()
    most = shelf.most()
    for start in range(0, len(who), size):
        some = who[start : start + size]
        found = _ranked(now, some, weights, trend, shelf, _few(head, shelf))
        count = np.bincount(found.person, minlength=len(now.people))[some]
        short = some[count < most]
        if len(short) and len(head) > _HEAD:
            # Who has nearly all of the popular is looked for among everything.
            kept = ~np.isin(found.person, short)
            whole = _ranked(now, short, weights, trend, shelf, head)
            found = Lists(
                *(
                    np.concatenate([getattr(found, name)[kept], getattr(whole, name)])
                    for name in ("person", "item", "score", "rank")
                )
            )
        yield found


def default(shelf: Shelf) -> tuple[Ints, FloatArray]:
    """Items and scores of the list that rests on nobody in particular."""
    head = shelf.popular()
    chosen = head[_capped(np.zeros(len(head), dtype=np.int64), shelf.category[head], shelf.per_category)]
    chosen = chosen[: shelf.places]
    return chosen, POPULAR + shelf.popularity[chosen]


def _few(head: Ints, shelf: Shelf) -> Ints:
    near = head[_capped(np.zeros(len(head), dtype=np.int64), shelf.category[head], _OF_CATEGORY)]
    return near[:_HEAD]


def _ranked(now: Taken, who: Ints, weights: Any | None, trend: FloatArray, shelf: Shelf, head: Ints) -> Lists:
    count = len(now.items)
    owned = now.owned[who]
    mine = np.repeat(np.arange(len(who)), np.diff(owned.indptr)), owned.indices.astype(np.int64)
    parts = [
        (
            np.repeat(np.arange(len(who)), len(head)),
            np.tile(head, len(who)),
            np.tile(POPULAR + shelf.popularity[head], len(who)),
        )
    ]
    if weights is not None:
        parts.append(_of_own_categories(mine, shelf))
        parts.append(_learned(owned, weights, trend, shelf))
    if shelf.repeats:
        often = np.asarray(now.often[who].data)
        top = np.full(len(who), 0.0)
        np.maximum.at(top, mine[0], often)
        parts.append((*mine, OWN + often / (top[mine[0]] + 1.0)))
    person, item, score = (np.concatenate([part[at] for part in parts]) for at in range(3))
    key = person * count + item
    kept = shelf.available[item]
    if not shelf.repeats:
        kept &= ~np.isin(key, mine[0] * count + mine[1])
    person, item, score, key = person[kept], item[kept], score[kept], key[kept]
    # An item found twice stands where it stands best; equals stand in order of their names.
    order = np.lexsort((-score, key))
    order = order[np.unique(key[order], return_index=True)[1]]
    order = order[np.lexsort((item[order], -score[order], person[order]))]
    person, item, score = person[order], item[order], score[order]
    kept = _capped(person, shelf.category[item], shelf.per_category)
    person, item, score = person[kept], item[kept], score[kept]
    rank = _nth(person)
    first = rank < shelf.places
    return Lists(who[person[first]], item[first], score[first], rank[first] + 1)


def _of_own_categories(mine: tuple[Ints, Ints], shelf: Shelf) -> tuple[Ints, Ints, FloatArray]:
    """The popular of the categories people have something of."""
    kinds = int(shelf.category.max(initial=-1)) + 1
    category = shelf.category[mine[1]]
    pair = np.unique((mine[0] * kinds + category)[category >= 0])
    head = shelf.popular()
    head = head[shelf.category[head] >= 0]
    head = head[np.argsort(shelf.category[head], kind="stable")]
    head = head[_nth(shelf.category[head]) < _OF_CATEGORY]
    starts = np.searchsorted(shelf.category[head], np.arange(kinds + 1))
    person, which = pair // max(1, kinds), pair % max(1, kinds)
    sizes = starts[which + 1] - starts[which]
    at = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(starts[which], sizes)
    item = head[at]
    return np.repeat(person, sizes), item, OWN_CATEGORIES + shelf.popularity[item]


def _learned(owned: Any, weights: Any, trend: FloatArray, shelf: Shelf) -> tuple[Ints, Ints, FloatArray]:
    """The items that what people have speaks for most, scores above 0 only."""
    find = _from_table if isinstance(weights, np.ndarray) else _from_sparse
    person, item, score = find(owned.astype(np.float32), weights, trend, shelf)
    top = np.zeros(owned.shape[0])
    np.maximum.at(top, person, score)
    return person, item, LEARNED + score / (top[person] * (1 + 1e-9) + 1e-300)


def _from_table(owned: Any, weights: Any, trend: FloatArray, shelf: Shelf) -> tuple[Ints, Ints, FloatArray]:
    score = np.asarray(owned @ weights) * trend.astype(np.float32)
    score[:, ~shelf.available] = 0.0
    if not shelf.repeats:
        score[owned.nonzero()] = 0.0
    kept = score > 0
    if score.shape[1] > _LEARNED:
        at = score.shape[1] - _LEARNED
        edge = np.partition(score, at, axis=1)[:, at : at + 1]
        above, level = score > edge, score == edge
        # Equals at the edge: those first in order of names.
        room = _LEARNED - above.sum(axis=1, keepdims=True)
        kept &= above | (level & (np.cumsum(level, axis=1) <= room))
    person, item = np.nonzero(kept)
    return person, item, score[person, item].astype(np.float64)


def _from_sparse(owned: Any, weights: Any, trend: FloatArray, shelf: Shelf) -> tuple[Ints, Ints, FloatArray]:
    found = (owned @ weights).tocsr()
    person = np.repeat(np.arange(owned.shape[0]), np.diff(found.indptr))
    item = found.indices.astype(np.int64)
    score = found.data.astype(np.float64) * trend[item]
    kept = (score > 0) & shelf.available[item]
    if not shelf.repeats:
        rows, count = np.repeat(np.arange(owned.shape[0]), np.diff(owned.indptr)), owned.shape[1]
        kept &= ~np.isin(person * count + item, rows * count + owned.indices)
    person, item, score = person[kept], item[kept], score[kept]
    order = np.lexsort((item, -score, person))
    order = order[_nth(person[order]) < _LEARNED]
    return person[order], item[order], score[order]


def _nth(group: Ints) -> Ints:
    """Of sorted groups, each row's place in its own, from 0."""
    starts = np.flatnonzero(np.diff(group, prepend=-2))
    sizes = np.diff(np.append(starts, len(group)))
    return np.arange(len(group)) - np.repeat(starts, sizes)


def _capped(person: Ints, category: Ints, most: int) -> npt.NDArray[np.bool_]:
    """False for what exceeds ``most`` of a category in a person's rows, in their order."""
    kinds = int(category.max(initial=-1)) + 1
    place = pd.Series(person * (kinds + 1) + category).groupby(person * (kinds + 1) + category).cumcount()
    return np.asarray((category < 0) | (place.to_numpy() < most))

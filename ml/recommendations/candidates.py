"""What a person may be shown, by what speaks for it: of each kind no more than a list has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.frames import FloatArray
from ml.recommendations.actions import Ints

#: What a place in a list rests on, by the whole part of its score.
POPULAR, OWN_CATEGORIES, LEARNED, OWN = range(4)
#: Candidates looked at of each of a person's categories.
OF_CATEGORY = 12
Candidates = tuple[Ints, Ints, FloatArray]


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

    def listed(self, person: Ints, item: Ints) -> npt.NDArray[np.bool_]:
        """Of rows sorted by person, best first: False beyond a category's most or a list's end.

        Of candidates of one kind this leaves all that can be in a list made of several kinds: what
        stands above a row among its own kind stands above it in the list as well.
        """
        kept = capped(person, self.category[item], self.per_category)
        kept[kept] = nth(person[kept]) < self.places
        return kept


def popular(owned: Any, head: Ints, shelf: Shelf) -> Candidates:
    """For each row of ``owned`` the first of ``head`` that they do not have."""
    free = np.ones((owned.shape[0], len(head)), dtype=bool)
    if not shelf.repeats:
        at = np.full(owned.shape[1], -1)
        at[head] = np.arange(len(head))
        person, place = np.repeat(np.arange(owned.shape[0]), np.diff(owned.indptr)), at[owned.indices]
        free[person[place >= 0], place[place >= 0]] = False
    order = np.argsort(shelf.category[head], kind="stable")
    kinds, sizes = np.unique(shelf.category[head], return_counts=True)
    if len(kinds) and sizes[kinds >= 0].max(initial=0) > shelf.per_category:
        sorted_free = free[:, order]
        before = np.cumsum(sorted_free, axis=1, dtype=np.int32) - sorted_free
        of_kind = before - np.repeat(before[:, np.cumsum(sizes) - sizes], sizes, axis=1)
        sorted_free &= (of_kind < shelf.per_category) | (shelf.category[head][order] < 0)
        free[:, order] = sorted_free
    free &= np.cumsum(free, axis=1, dtype=np.int32) <= shelf.places
    person, place = np.nonzero(free)
    return person, head[place], POPULAR + shelf.popularity[head[place]]


def of_own_categories(mine: tuple[Ints, Ints], head: Ints, shelf: Shelf) -> Candidates:
    """The popular of the categories people have something of; ``head`` is all there is."""
    kinds = int(shelf.category.max(initial=-1)) + 1
    category = shelf.category[mine[1]]
    pair = np.unique((mine[0] * kinds + category)[category >= 0])
    head = head[shelf.category[head] >= 0]
    head = head[np.argsort(shelf.category[head], kind="stable")]
    head = head[nth(shelf.category[head]) < OF_CATEGORY]
    starts = np.searchsorted(shelf.category[head], np.arange(kinds + 1))
    person, which = pair // max(1, kinds), pair % max(1, kinds)
    sizes = starts[which + 1] - starts[which]
    at = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(starts[which], sizes)
    item = head[at]
    return np.repeat(person, sizes), item, OWN_CATEGORIES + shelf.popularity[item]


def nth(group: Ints) -> Ints:
    """Of sorted groups, each row's place in its own, from 0."""
    starts = np.flatnonzero(np.diff(group, prepend=-2))
    sizes = np.diff(np.append(starts, len(group)))
    return np.arange(len(group)) - np.repeat(starts, sizes)


def capped(person: Ints, category: Ints, most: int) -> npt.NDArray[np.bool_]:
    """False for what exceeds ``most`` of a category in a person's rows, in their order."""
    kinds = int(category.max(initial=-1)) + 1
    pair = person * (kinds + 1) + category
    place = pd.Series(pair).groupby(pair).cumcount()
    return np.asarray((category < 0) | (place.to_numpy() < most))

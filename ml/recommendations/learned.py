"""What the items a person has speak for: sums of weights, and the best of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.frames import FloatArray
from ml.recommendations.actions import Ints
from ml.recommendations.candidates import LEARNED, Candidates, Shelf, nth

#: Candidates looked at of what was learned of a person.
MOST = 200
#: Scores held at a time.
_CELLS = 4_000_000


@dataclass(frozen=True)
class Learned:
    """Weights as lists want them: who has an item is not shown it, nor anybody what is delisted.

    Attributes
    ----------
    weights
        Items by items: a table where an eighth is there, else sparse by rows.
    trend
        What the score of an item is multiplied by.
    """

    weights: Any
    trend: npt.NDArray[np.float32]

    @classmethod
    def of(cls, weights: Any, trend: FloatArray, shelf: Shelf) -> Learned:
        """From the weights of a fit, sparse by columns."""
        from scipy.sparse import diags

        count = weights.shape[0]
        # Nothing lifts minus infinity: an item one has falls out of one's own sums, and of no others.
        barred = np.where(shelf.available, 0.0 if shelf.repeats else -np.inf, 0.0).astype(np.float32)
        gone = np.repeat(~shelf.available, np.diff(weights.indptr))
        weights = weights.copy()
        weights.data[gone] = 0.0
        weights = (weights + diags(barred, format="csc", dtype=np.float32)).tocsr()
        weights.eliminate_zeros()
        # Of an eighth nearly every sum has a part, and sums in a row take half as long as scattered ones.
        table = weights.toarray() if 8 * weights.nnz > count * count else weights
        return cls(table, trend.astype(np.float32))

    def blocks(self, owned: Any) -> Iterator[Ints]:
        """Rows of ``owned``, so many at a time that their scores fit."""
        cells = np.full(owned.shape[0], owned.shape[1])
        if not isinstance(self.weights, np.ndarray):
            cells = np.minimum(cells, owned @ np.diff(self.weights.indptr))
        order = np.argsort(cells, kind="stable")
        start = 0
        while start < len(order):
            room = np.arange(1, len(order) - start + 1) * np.maximum(1, cells[order[start:]])
            size = max(1, int(np.searchsorted(room, _CELLS, side="right")))
            yield order[start : start + size]
            start += size

    def best(self, owned: Any, shelf: Shelf) -> Candidates:
        """The items that what people have speaks for most, scores above 0 only."""
        score, item = self._scores(owned)
        person, place = np.nonzero(score >= np.maximum(_floor(score), np.finfo(np.float32).tiny))
        points = score[person, place].astype(np.float64)
        found = place if item is None else item[person, place].astype(np.int64)
        order = np.lexsort((found, -points, person))
        person, found, points = person[order], found[order], points[order]
        top = np.zeros(owned.shape[0])
        np.maximum.at(top, person, points)
        kept = nth(person) < MOST
        kept[kept] = shelf.listed(person[kept], found[kept])
        person, found, points = person[kept], found[kept], points[kept]
        return person, found, LEARNED + points / (top[person] * (1 + 1e-9) + 1e-300)

    def _scores(self, owned: Any) -> tuple[npt.NDArray[np.float32], Ints | None]:
        """Scores in rows of equal length, and of which items where that is not the place in the row."""
        found = owned.astype(np.float32) @ self.weights
        if isinstance(found, np.ndarray):
            return found * self.trend, None
        sizes = np.diff(found.indptr)
        there = np.arange(max(1, sizes.max(initial=0))) < sizes[:, None]
        score = np.zeros(there.shape, dtype=np.float32)
        item = np.zeros(there.shape, dtype=np.int32)
        score[there], item[there] = found.data * self.trend[found.indices], found.indices
        return score, item


def _floor(score: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """No more than each row's 200th score, near it: of the best of every eight the 200th."""
    groups = score.shape[1] // 8
    if groups <= MOST:
        return np.zeros((len(score), 1), dtype=np.float32)
    best = score[:, : 8 * groups].reshape(len(score), 8, groups).max(axis=1)
    return np.partition(best, groups - MOST, axis=1)[:, groups - MOST, None]

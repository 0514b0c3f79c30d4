"""Scores into lists: tiers, filters, no category in excess, and nobody left with less than there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.frames import FloatArray
from ml.recommendations import candidates
from ml.recommendations.actions import Ints, Taken
from ml.recommendations.candidates import OWN, POPULAR, Candidates, Shelf, capped, nth
from ml.recommendations.learned import Learned

#: Candidates looked at of all items.
_HEAD = 200
_CELLS = 4_000_000


@dataclass(frozen=True)
class Lists:
    """Rows of lists, by person and rank: positions of people and items, and scores."""

    person: Ints
    item: Ints
    score: FloatArray
    rank: Ints

    def only(self, rows: npt.NDArray[np.bool_]) -> Lists:
        """The lists of these rows."""
        return Lists(self.person[rows], self.item[rows], self.score[rows], self.rank[rows])


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
    head, most = shelf.popular(), shelf.most()
    few = head[capped(np.zeros(len(head), dtype=np.int64), shelf.category[head], candidates.OF_CATEGORY)]
    # What is learned stands above all that is popular: few need that, and hardly anyone more than its head.
    steps = [few[:_HEAD]] + ([head] if len(head) > len(few[:_HEAD]) else [])
    learned = None if weights is None else Learned.of(weights, trend, shelf)
    blocks: Iterable[Ints] = [np.arange(len(who))]
    if learned is not None:
        steps, blocks = [head[:0], *steps], learned.blocks(now.owned[who])
    for block in blocks:
        left = who[block]
        for step in steps:
            size = max(1, _CELLS // max(1, len(step)))
            short = []
            for some in (left[at : at + size] for at in range(0, len(left), size)):
                found = _ranked(now, some, learned, step, head, shelf)
                lacking = np.bincount(found.person, minlength=len(some)) < most
                if step is not steps[-1]:
                    short.append(some[lacking])
                    found = found.only(~lacking[found.person])
                yield replace(found, person=some[found.person])
            left = np.concatenate([left[:0], *short])


def default(shelf: Shelf) -> tuple[Ints, FloatArray]:
    """Items and scores of the list that rests on nobody in particular."""
    head = shelf.popular()
    chosen = head[shelf.listed(np.zeros(len(head), dtype=np.int64), head)]
    return chosen, POPULAR + shelf.popularity[chosen]


def _ranked(now: Taken, who: Ints, learned: Learned | None, few: Ints, head: Ints, shelf: Shelf) -> Lists:
    """Lists of these people by their place in ``who``, filled up with the popular of ``few``."""
    owned = now.owned[who]
    mine = np.repeat(np.arange(len(who)), np.diff(owned.indptr)), owned.indices.astype(np.int64)
    parts = [candidates.popular(owned, few, shelf)]
    if learned is not None:
        parts.append(learned.best(owned, shelf))
        if len(few):
            parts.append(candidates.of_own_categories(mine, head, shelf))
    if shelf.repeats:
        often = np.asarray(now.often[who].data)
        top = np.full(len(who), 0.0)
        np.maximum.at(top, mine[0], often)
        parts.append((*mine, OWN + often / (top[mine[0]] + 1.0)))
    return _merged(parts, None if shelf.repeats else mine, shelf)


def _merged(parts: list[Candidates], mine: tuple[Ints, Ints] | None, shelf: Shelf) -> Lists:
    """One list per person of all their candidates but ``mine``."""
    person, item, score = (np.concatenate([part[at] for part in parts]) for at in range(3))
    key = person * len(shelf.category) + item
    kept = shelf.available[item]
    if mine is not None:
        kept &= ~np.isin(key, mine[0] * len(shelf.category) + mine[1])
    person, item, score, key = person[kept], item[kept], score[kept], key[kept]
    # An item found twice stands where it stands best; equals stand in order of their names.
    order = np.lexsort((-score, key))
    order = order[np.diff(key[order], prepend=-1) > 0]
    order = order[np.lexsort((item[order], -score[order], person[order]))]
    person, item, score = person[order], item[order], score[order]
    kept = shelf.listed(person, item)
    return Lists(person[kept], item[kept], score[kept], nth(person[kept]) + 1)

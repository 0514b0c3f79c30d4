"""Boosted trees as bit masks, so that swapping a group of columns needs no new walk down a tree.

A split a row fails rules out the leaves on its left; what is left of all splits together decides the
leaf: the lowest that survives. The splits on a group's columns rule out leaves by themselves, so a
person with another's values in one group is the person's mask for the rest and the other's for it.

References
----------
Lucchese et al. (2015), QuickScorer, SIGIR: exit leaves by bit masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.frames import FloatArray

Masks = npt.NDArray[np.uint16]
Columns = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Forest:
    """Splits of all trees, and the value of each tree for each set of surviving leaves."""

    tree: Columns
    column: Columns
    cut: FloatArray
    unknown_left: npt.NDArray[np.bool_]
    keeps: Masks
    values: FloatArray
    start: float

    def masks(self, x: FloatArray, groups: Sequence[Columns]) -> list[Masks]:
        """Surviving leaves, rows by trees, judged by each group's columns alone."""
        found = []
        for columns in groups:
            mask = np.full((len(self.values), len(x)), 0xFFFF, dtype=np.uint16)
            for split in np.flatnonzero(np.isin(self.column, columns)):
                values = x[:, self.column[split]]
                right = ~(values <= self.cut[split])
                if self.unknown_left[split]:
                    right &= ~np.isnan(values)
                mask[self.tree[split], right] &= self.keeps[split]
            found.append(np.ascontiguousarray(mask.T))
        return found

    def total(self, masks: Masks) -> FloatArray:
        """The logit: the last axis of ``masks`` is trees."""
        width = self.values.shape[1]
        flat = self.values.ravel()
        offset = np.arange(len(self.values), dtype=np.int32) * width
        at = (masks & (width - 1)).astype(np.int32)
        at += offset
        return np.asarray(self.start + flat[at].sum(axis=-1))


def forest(boosting: Any, used: Columns) -> Forest:
    """Read a fitted histogram gradient boosting of two classes.

    Its trees have no public form: a test holds this reading to the estimator's own answers.
    """
    trees = [stage[0].nodes for stage in boosting._predictors]
    splits: list[tuple[int, int, float, bool, int]] = []
    leaves: list[list[float]] = []
    for number, nodes in enumerate(trees):
        own: list[float] = []
        _walk(nodes, 0, number, used, own, splits)
        leaves.append(own)
    most = max(len(own) for own in leaves)
    if most > 16:
        raise ValueError(f"{most} leaves in a tree: masks hold 16")
    lowest = np.array([(mask & -mask).bit_length() - 1 for mask in range(1, 2**most)])
    values = np.zeros((len(leaves), 2**most))
    for number, own in enumerate(leaves):
        padded = np.array(own + [0.0] * (most - len(own)))
        values[number, 1:] = padded[lowest]
    columns = list(zip(*splits, strict=True)) if splits else [()] * 5
    return Forest(
        tree=np.array(columns[0], dtype=np.int64),
        column=np.array(columns[1], dtype=np.int64),
        cut=np.array(columns[2], dtype=np.float64),
        unknown_left=np.array(columns[3], dtype=np.bool_),
        keeps=np.array(columns[4], dtype=np.uint16),
        values=values,
        start=float(np.ravel(boosting._baseline_prediction)[0]),
    )


def _walk(
    nodes: Any,
    at: int,
    number: int,
    used: Columns,
    leaves: list[float],
    splits: list[tuple[int, int, float, bool, int]],
) -> None:
    """Leaves from left to right; each split with a mask that clears the leaves on its left."""
    node = nodes[at]
    if node["is_leaf"]:
        leaves.append(float(node["value"]))
        return
    first = len(leaves)
    _walk(nodes, int(node["left"]), number, used, leaves, splits)
    cleared = (1 << len(leaves)) - (1 << first)
    column = int(used[int(node["feature_idx"])])
    known_left = bool(node["missing_go_to_left"])
    splits.append((number, column, float(node["num_threshold"]), known_left, 0xFFFF & ~cleared))
    _walk(nodes, int(node["right"]), number, used, leaves, splits)

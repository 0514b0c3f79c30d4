"""The readable side of a clustering: a small tree, as boxes that place people and as text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.frames import FloatArray
from ml.segments.clustering import Labels
from ml.segments.rows import COLUMNS, WHOLE


@dataclass(frozen=True)
class Boxes:
    """Leaves of a tree: ``above < value <= upto`` for every measure, and the segment they mean.

    Text and placement come from the same bounds, rounded, so the text is the rule.
    """

    above: FloatArray
    upto: FloatArray
    label: Labels

    def assign(self, x: FloatArray) -> Labels:
        """The segment of each row; boxes cover everything and do not overlap."""
        inside = (x[:, None, :] > self.above[None]) & (x[:, None, :] <= self.upto[None])
        return np.asarray(self.label[np.argmax(inside.all(axis=2), axis=1)])

    def text(self, label: int) -> str:
        """The conditions of one segment."""
        leaves = [_conditions(self.above[i], self.upto[i]) for i in np.flatnonzero(self.label == label)]
        if not leaves:
            return "nearest centroid"
        if len(leaves) == 1:
            return leaves[0]
        return " or ".join(f"({leaf})" for leaf in leaves)


def grow(x: FloatArray, labels: Labels, seed: int) -> Boxes:
    """A tree of at most two leaves per segment that imitates the labels."""
    from sklearn.tree import DecisionTreeClassifier

    k = int(labels.max()) + 1
    tree = DecisionTreeClassifier(
        max_leaf_nodes=max(2, 2 * k), min_samples_leaf=max(5, len(x) // 200), random_state=seed
    ).fit(x, labels)
    nodes = tree.tree_
    above, upto, label = [], [], []
    width = len(COLUMNS)
    waiting = [(0, np.full(width, -np.inf), np.full(width, np.inf))]
    while waiting:
        node, low, high = waiting.pop()
        if nodes.children_left[node] < 0:
            above.append(low)
            upto.append(high)
            label.append(int(tree.classes_[np.argmax(nodes.value[node][0])]))
            continue
        feature = int(nodes.feature[node])
        cut = _readable(feature, float(nodes.threshold[node]))
        right_low, left_high = low.copy(), high.copy()
        # Rounding may push a cut past one made higher up: an empty leaf, never a gap.
        right_low[feature], left_high[feature] = max(low[feature], cut), min(high[feature], cut)
        waiting.append((int(nodes.children_right[node]), right_low, high))
        waiting.append((int(nodes.children_left[node]), low, left_high))
    return Boxes(np.array(above), np.array(upto), np.array(label, dtype=np.int64))


def _readable(feature: int, cut: float) -> float:
    if COLUMNS[feature] in WHOLE:
        return float(np.floor(cut))
    return float(f"{cut:.3g}")


def _conditions(above: FloatArray, upto: FloatArray) -> str:
    parts = []
    for name, low, high in zip(COLUMNS, above, upto, strict=True):
        if np.isfinite(low):
            parts.append(f"{name} >= {low + 1:.0f}" if name in WHOLE else f"{name} > {low:g}")
        if np.isfinite(high):
            parts.append(f"{name} <= {high:.0f}" if name in WHOLE else f"{name} <= {high:g}")
    return " and ".join(parts) or "everybody"

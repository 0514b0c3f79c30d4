"""Why a person's probability is what it is, by groups of features.

A group's weight is how far the probability moves, on average, when the group's values are taken
from twenty other people. Single features would not do: those of one group stand in for each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.churn import components
from ml.churn.features import COLUMNS, GROUPS, matrix
from ml.churn.forest import Columns, Forest, forest
from ml.frames import FloatArray
from ml.spec import Payload

#: Moves smaller than this are not worth a word.
_LEAST = 0.002
_CHUNK = 1_000
_WEIGHED = 300

_GROUPS_AT: tuple[Columns, ...] = tuple(
    np.array([COLUMNS.index(column) for column in columns], dtype=np.int64) for columns in GROUPS.values()
)


def reasons(model: Payload, x: FloatArray, p: FloatArray) -> npt.NDArray[np.object_]:
    """Up to three codes per person, weightiest first; None where nothing more is worth a word.

    A high probability is explained by what raises it, a low one by what lowers it: high and low
    against what the same twenty people would score. The first code is always given.
    """
    moves = _moves(model, x, p)
    usual = float(np.mean(_probability(model, model["background"])))
    towards = np.where(p[:, None] >= usual, moves, -moves)
    # Nothing pushes the way the score lies: then the largest move of all is the reason.
    stuck = towards.max(axis=1) <= 0
    towards[stuck] = np.abs(moves[stuck])
    order = np.argsort(-towards, axis=1, kind="stable")[:, :3]
    codes = np.array(list(GROUPS), dtype=object)[order]
    worth = np.take_along_axis(towards, order, axis=1) >= _LEAST
    worth[:, 0] = True
    codes[~worth] = None
    return codes


def weights(model: Payload, rows: pd.DataFrame) -> list[tuple[str, float, None]]:
    """How far each group of features moves a probability on average, weightiest first.

    Of at most three hundred people of the newest day, in order of their keys.
    """
    newest = rows[rows["as_of"] == rows["as_of"].max()]
    x = matrix(newest.iloc[:: max(1, -(-len(newest) // _WEIGHED))])
    moves = np.abs(_moves(model, x, _probability(model, x))).mean(axis=0)
    return [(list(GROUPS)[at], float(moves[at]), None) for at in np.argsort(-moves, kind="stable")]


def _probability(model: Payload, x: FloatArray) -> FloatArray:
    parts = components.logits(model["fitted"], x)
    return components.blend([parts[name] for name in model["parts"]], model["calibration"])


def _moves(model: Payload, x: FloatArray, p: FloatArray) -> FloatArray:
    """Change in probability due to each group, people by groups."""
    trees = (
        forest(model["fitted"]["boosting"], model["fitted"]["used"]) if "boosting" in model["parts"] else None
    )
    found = np.zeros((len(x), len(GROUPS)))
    for start in range(0, len(x), _CHUNK):
        part = slice(start, start + _CHUNK)
        logits = [_swapped(model, trees, name, x[part]) for name in model["parts"]]
        for number, parts in enumerate(zip(*logits, strict=True)):
            found[part, number] = p[part] - components.blend(list(parts), model["calibration"]).mean(axis=1)
    return found


def _swapped(model: Payload, trees: Forest | None, name: str, x: FloatArray) -> list[FloatArray]:
    """A component's logits, people by background rows, with each group in turn from the latter."""
    fitted, background = model["fitted"], model["background"]
    if name == "boosting" and trees is not None:
        return _swapped_trees(trees, x, background)
    if name == "logistic":
        own, theirs = (components.contributions(fitted, rows) for rows in (x, background))
        base = components.logits({"logistic": fitted["logistic"], "used": fitted["used"]}, x)["logistic"]
        return [
            (base - own[:, at].sum(axis=1))[:, None] + theirs[:, at].sum(axis=1)[None] for at in _GROUPS_AT
        ]
    return [_replaced({name: fitted[name]}, name, x, background, at) for at in _GROUPS_AT]


def _swapped_trees(trees: Forest, x: FloatArray, background: FloatArray) -> list[FloatArray]:
    own, theirs = trees.masks(x, _GROUPS_AT), trees.masks(background, _GROUPS_AT)
    found = []
    for number in range(len(_GROUPS_AT)):
        others = [mask for other, mask in enumerate(own) if other != number]
        rest = np.bitwise_and.reduce(others, axis=0)
        found.append(trees.total(rest[:, None, :] & theirs[number][None]))
    return found


def _replaced(fitted: Payload, name: str, x: FloatArray, background: FloatArray, at: Columns) -> FloatArray:
    """Without a shorter way: every person once for each background row."""
    if components.READS[name].isdisjoint(at.tolist()):
        return np.repeat(components.logits(fitted, x)[name][:, None], len(background), axis=1)
    rows = np.repeat(x, len(background), axis=0)
    rows[:, at] = np.tile(background[:, at], (len(x), 1))
    return components.logits(fitted, rows)[name].reshape(len(x), len(background))

"""Why a person's probability is what it is, by groups of features.

A group's weight is how far the probability moves, on average, when the group's values are taken
from twenty other people. Single features would not do: those of one group stand in for each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.churn import components
from ml.churn.features import COLUMNS, GROUPS
from ml.frames import FloatArray
from ml.spec import Payload

#: Moves smaller than this are not worth a word.
_LEAST = 0.002
_CHUNK = 4_000


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


def _probability(model: Payload, x: FloatArray) -> FloatArray:
    parts = components.logits(model["fitted"], x)
    return components.blend([parts[name] for name in model["parts"]], model["calibration"])


def _moves(model: Payload, x: FloatArray, p: FloatArray) -> FloatArray:
    """Change in probability due to each group, people by groups."""
    found = np.zeros((len(x), len(GROUPS)))
    for start in range(0, len(x), _CHUNK):
        part = slice(start, start + _CHUNK)
        found[part] = _moves_of(model, x[part], p[part])
    return found


def _moves_of(model: Payload, x: FloatArray, p: FloatArray) -> FloatArray:
    background: FloatArray = model["background"]
    found = np.zeros((len(x), len(GROUPS)))
    for number, columns in enumerate(GROUPS.values()):
        at = np.array([COLUMNS.index(column) for column in columns])
        if not (np.isfinite(x[:, at]).any() or np.isfinite(background[:, at]).any()):
            continue
        replaced = np.repeat(x, len(background), axis=0)
        replaced[:, at] = np.tile(background[:, at], (len(x), 1))
        without = _probability(model, replaced).reshape(len(x), len(background))
        found[:, number] = p - without.mean(axis=1)
    return found

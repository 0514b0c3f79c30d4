"""Why a subscriber's probability is what it is: as in ``ml/churn/reasons.py``, by groups of features."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.frames import FloatArray
from ml.spec import Payload
from ml.subscription_churn.candidates import RATE, probabilities
from ml.subscription_churn.rows import COLUMNS, GROUPS, matrix

#: Moves smaller than this are not worth a word.
_LEAST = 0.002
_CHUNK = 1_000
_WEIGHED = 300


def reasons(model: Payload, x: FloatArray, p: FloatArray) -> npt.NDArray[np.object_]:
    """Up to three codes per person, weightiest first; of the usual share, which is everybody's, none.

    A high probability is explained by what raises it, a low one by what lowers it, high and low being
    against what twenty subscribers would score.
    """
    codes = np.full((len(x), 3), None, dtype=object)
    if model["candidate"] == RATE:
        return codes
    moves = _moves(model, x, p)
    usual = float(probabilities(model, model["background"])[model["candidate"]].mean())
    towards = np.where(p[:, None] >= usual, moves, -moves)
    stuck = towards.max(axis=1) <= 0
    towards[stuck] = np.abs(moves[stuck])
    order = np.argsort(-towards, axis=1, kind="stable")[:, :3]
    codes[:] = np.array(list(GROUPS), dtype=object)[order]
    worth = np.take_along_axis(towards, order, axis=1) >= _LEAST
    worth[:, 0] = True
    codes[~worth] = None
    return codes


def weights(model: Payload, rows: pd.DataFrame) -> list[tuple[str, float, None]]:
    """How far each group moves a probability on average, of three hundred people of the newest day."""
    newest = rows[rows["as_of"] == rows["as_of"].max()]
    x = matrix(newest.iloc[:: max(1, -(-len(newest) // _WEIGHED))])
    moves = np.abs(_moves(model, x, probabilities(model, x)[model["candidate"]])).mean(axis=0)
    return [(list(GROUPS)[at], float(moves[at]), None) for at in np.argsort(-moves, kind="stable")]


def _moves(model: Payload, x: FloatArray, p: FloatArray) -> FloatArray:
    """Change in probability when a group's values are taken from the background; people by groups."""
    background = model["background"]
    found = np.zeros((len(x), len(GROUPS)))
    for start in range(0, len(x), _CHUNK):
        part = slice(start, start + _CHUNK)
        for number, columns in enumerate(GROUPS.values()):
            at = [COLUMNS.index(column) for column in columns]
            rows = np.repeat(x[part], len(background), axis=0)
            rows[:, at] = np.tile(background[:, at], (len(x[part]), 1))
            swapped = probabilities(model, rows)[model["candidate"]].reshape(-1, len(background))
            found[part, number] = p[part] - swapped.mean(axis=1)
    return found

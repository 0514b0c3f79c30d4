"""How much having one item speaks for another: EASE, or similarity where there are too many items.

References
----------
Steck (2019), Embarrassingly Shallow Autoencoders for Sparse Data, WWW.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.recommendations.settings import RecommendationSettings

EASE, COSINE = "ease", "item_cosine"
_BLOCK = 1_000
#: Similarities held at a time.
_CELLS = 10_000_000
#: Of the length of a vector the inverse is tried on: what single precision may be off by.
_NEAR = 1e-5


def method_of(items: int, settings: RecommendationSettings) -> str:
    """EASE as long as a table of all items by all can be inverted."""
    return EASE if items <= settings.max_items else COSINE


def fit(owned: Any, regularisation: float, settings: RecommendationSettings) -> Any:
    """Weights, items by items, of each column the strongest: sparse by columns, single precision.

    Parameters
    ----------
    owned
        People by items, sparse.
    regularisation
        Lambda of EASE; similarity has none.
    """
    if method_of(owned.shape[1], settings) == EASE:
        return _ease(owned, regularisation, settings.neighbours)
    return _cosine(owned, settings.similar)


def _ease(owned: Any, regularisation: float, neighbours: int) -> Any:
    """In one table from beginning to end: of 8,000 items it is a quarter of a gigabyte.

    Weights are kept in single precision, and nearly always are computed in it too, which is half the work.
    """
    table = _inverse(owned, regularisation, np.float32)
    if not _is_near(table, owned, regularisation):
        table = _inverse(owned, regularisation, np.float64)
    table /= -np.diag(table).copy()
    np.fill_diagonal(table, 0.0)
    return _strongest(table, neighbours)


def _inverse(owned: Any, regularisation: float, kind: type[np.floating[Any]]) -> np.ndarray[Any, Any]:
    """Of how often each two items are owned together, lambda added for each alone."""
    from scipy.linalg import get_lapack_funcs

    ones = owned.astype(kind).tocsc()
    across, count = ones.T.tocsr(), ones.shape[1]
    table = np.zeros((count, count), dtype=kind, order="F")
    for start in range(0, count, _BLOCK):
        # The lower half is all that is read.
        table[start:, start : start + _BLOCK] = (across[start:] @ ones[:, start : start + _BLOCK]).toarray()
    table[np.diag_indices_from(table)] += regularisation
    # Symmetric and positive: Cholesky is half the work of a general inverse.
    factor, inverse = get_lapack_funcs(("potrf", "potri"), (table,))
    table, _ = factor(table, lower=1, overwrite_a=1)
    table, _ = inverse(table, lower=1, overwrite_c=1)
    _mirror(table)
    return table


def _is_near(inverse: np.ndarray[Any, Any], owned: Any, regularisation: float) -> bool:
    """Whether one step of refinement, for one vector, moves the inverse no more than rounding does."""
    signs = np.where(np.random.default_rng(1).random(len(inverse)) < 0.5, -1.0, 1.0)
    found = (inverse @ signs.astype(inverse.dtype)).astype(np.float64)
    left = owned.T @ (owned @ found) + regularisation * found - signs
    step = inverse @ left.astype(inverse.dtype)
    return bool(np.linalg.norm(step) <= _NEAR * np.linalg.norm(found))


def _mirror(table: np.ndarray[Any, Any]) -> None:
    """Write the lower half over the upper, in place."""
    for start in range(0, len(table), _BLOCK):
        rows, beyond = slice(start, start + _BLOCK), slice(start + _BLOCK, None)
        lower = np.tril(table[rows, rows])
        table[rows, rows] = lower + np.tril(lower, -1).T
        table[rows, beyond] = table[beyond, rows].T


def _cosine(owned: Any, neighbours: int) -> Any:
    """In blocks of items, so that no table of all items by all is ever held."""
    from scipy.sparse import csc_matrix, hstack

    norms = np.sqrt(np.asarray(owned.multiply(owned).sum(axis=0))).ravel()
    scaled = csc_matrix(owned.multiply(1.0 / np.maximum(norms, 1e-12)[None, :]))
    transposed = scaled.T.tocsr()
    # So many items can be owned with each: all that those who own it have, or all there are.
    beside = np.minimum(owned.T @ np.diff(owned.indptr), owned.shape[1])
    blocks, start = [], 0
    while start < owned.shape[1]:
        until = int(np.searchsorted(np.cumsum(beside[start : start + _BLOCK]), _CELLS, side="right"))
        end = start + max(1, until)
        block = (transposed @ scaled[:, start:end]).tocsc()
        block.sort_indices()
        for column in range(block.shape[1]):
            part = slice(block.indptr[column], block.indptr[column + 1])
            values = block.data[part]
            values[block.indices[part] == start + column] = 0.0
            if len(values) > neighbours:
                cut = len(values) - neighbours
                values[values < np.partition(values, cut)[cut]] = 0.0
        block.eliminate_zeros()
        blocks.append(block.astype(np.float32))
        start = end
    return hstack(blocks, format="csc")


def _strongest(table: np.ndarray[Any, Any], most: int) -> Any:
    """The largest weights, either sign, of each column; of equals at the edge all."""
    from scipy.sparse import csc_matrix

    rows, weights = [], []
    for column in table.T:
        size = np.abs(column)
        edge = np.partition(size, len(size) - most)[len(size) - most] if len(size) > most else 0.0
        rows.append(np.flatnonzero((size >= edge) & (size > 0)).astype(np.int32))
        weights.append(column[rows[-1]].astype(np.float32))
    ends = np.cumsum([0, *map(len, rows)])
    return csc_matrix((np.concatenate(weights), np.concatenate(rows), ends), shape=table.shape)

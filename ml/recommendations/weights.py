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


def method_of(items: int, settings: RecommendationSettings) -> str:
    """EASE as long as a table of all items by all can be inverted."""
    return EASE if items <= settings.max_items else COSINE


def fit(owned: Any, regularisation: float, settings: RecommendationSettings) -> Any:
    """Weights, items by items, of each column the strongest: EASE's as a table, the others sparse.

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
    """In one table from beginning to end: of 8,000 items it is half a gigabyte."""
    from scipy.linalg import lapack

    table = (owned.T @ owned).toarray(order="F")
    table[np.diag_indices_from(table)] += regularisation
    # Symmetric and positive: Cholesky is half the work of a general inverse.
    table, _ = lapack.dpotrf(table, lower=1, overwrite_a=1)
    table, _ = lapack.dpotri(table, lower=1, overwrite_c=1)
    _mirror(table)
    table /= -np.diag(table).copy()
    np.fill_diagonal(table, 0.0)
    _keep_strongest(table, neighbours)
    return table.astype(np.float32, order="C")


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
    blocks = []
    for start in range(0, owned.shape[1], _BLOCK):
        block = (transposed @ scaled[:, start : start + _BLOCK]).tocsc()
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
    return hstack(blocks, format="csc")


def _keep_strongest(weights: np.ndarray[Any, Any], most: int) -> None:
    """Zero all but the largest weights, either sign, of each column."""
    if len(weights) <= most:
        return
    for column in weights.T:
        size = np.abs(column)
        column[size < np.partition(size, len(size) - most)[len(size) - most]] = 0.0

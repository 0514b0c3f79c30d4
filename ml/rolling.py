"""What several test days, a horizon apart, say together: their mean, and how far apart they lie."""

from __future__ import annotations

from typing import Any

import pandas as pd


def means(results: pd.DataFrame) -> pd.DataFrame:
    """Mean of every measure over the cuts, by candidate, in the order they were first told of.

    Parameters
    ----------
    results
        ``cut`` (1 the newest), ``candidate``, and a column per measure.
    """
    return _by_candidate(results).mean()


def told(results: pd.DataFrame) -> dict[str, Any]:
    """For a card: how many cuts there were, the means, largest less smallest, and the figures of each cut."""
    of_candidates = _by_candidate(results)
    return {
        "cuts": int(results["cut"].nunique()),
        "backtest": _rows(of_candidates.mean().reset_index()),
        "backtest_spread": _rows((of_candidates.max() - of_candidates.min()).reset_index()),
        "backtest_by_cut": _rows(results),
    }


def _by_candidate(results: pd.DataFrame) -> Any:
    measures = results.select_dtypes("number").columns.drop("cut")
    return results.groupby("candidate", sort=False)[list(measures)]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """JSON rows, rounded, unknowns as null."""
    rounded = frame.round(6).astype(object)
    rows = rounded.where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]

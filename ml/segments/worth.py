"""Whether knowing a segment tells later spend, beside knowing the eight RFM classes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.frames import FloatArray
from ml.segments.rows import COLUMNS


def later_spend(rows: pd.DataFrame) -> tuple[pd.DataFrame, FloatArray]:
    """People of the older of two days, and the log of what they spent between the two."""
    older, newer = rows["as_of"].min(), rows["as_of"].max()
    before = rows[rows["as_of"] == older]
    after = rows.loc[rows["as_of"] == newer, ["user_key", "revenue_all"]]
    both = before.merge(after, on="user_key", suffixes=("", "_later"), validate="one_to_one")
    spent = (both["revenue_all_later"] - both["revenue_all"]).clip(lower=0.0)
    return both, np.log1p(spent.to_numpy(dtype="float64"))


def explained(groups: npt.NDArray[np.int64], outcome: FloatArray) -> float:
    """Share of the outcome's variance that lies between groups; NaN when it does not vary."""
    total = float(((outcome - outcome.mean()) ** 2).sum())
    if len(outcome) == 0 or total <= 0:
        return float("nan")
    sizes = np.bincount(groups)
    sums = np.bincount(groups, weights=outcome)
    means = sums / np.maximum(sizes, 1)
    return float((sizes * (means - outcome.mean()) ** 2).sum() / total)


def rfm_classes(x: FloatArray) -> npt.NDArray[np.int64]:
    """High or low recency, frequency and money against the mean, as a number from 0 to 7."""
    bits = []
    for name in ("days_since_last_order", "orders_all", "revenue_all"):
        values = x[:, COLUMNS.index(name)]
        high = values > values.mean()
        bits.append(~high if name == "days_since_last_order" else high)
    return np.asarray(bits[0] * 4 + bits[1] * 2 + bits[2], dtype=np.int64)

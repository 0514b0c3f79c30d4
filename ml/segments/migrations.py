"""Who is in another segment since an earlier day: because people changed, and because the segments did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.segments.clustering import Labels
from ml.spec import Payload

Numbers = npt.NDArray[np.int64]
Place = Callable[[Payload, pd.DataFrame], Labels]


def numbers(model: Payload, rows: pd.DataFrame, place: Place) -> Numbers:
    """The number of each row's segment."""
    return np.asarray(model["id"], dtype=np.int64)[place(model, rows)]


def relabelled_a_day(model: Payload, before: pd.DataFrame, now: pd.DataFrame, place: Place) -> float:
    """The share of people whom one day, of those between two snapshots, moves under the same model."""
    days = (now["as_of"].iloc[0] - before["as_of"].iloc[0]) / pd.Timedelta(days=1)
    _, was, stays = np.intersect1d(before["user_key"], now["user_key"], return_indices=True)
    if len(was) == 0:
        return float("nan")
    moved = numbers(model, before.iloc[was], place) != numbers(model, now.iloc[stays], place)
    return float(moved.mean() / days)


def between(
    earlier: Payload, model: Payload, rows: pd.DataFrame, place: Place
) -> tuple[float, list[dict[str, str | int]]]:
    """The share of the same people whom two models call otherwise, and from what to what, most first."""
    # By name, which profiles, pages and rules go by: a second of one name changes it under the same number.
    was, now = _called(earlier, rows, place), _called(model, rows, place)
    moved = pd.DataFrame({"was": was, "now": now})[was != now]
    counts = moved.value_counts().reset_index(name="people")
    counts = counts.sort_values(["people", "was", "now"], ascending=[False, True, True])
    log = [{"from": row.was, "to": row.now, "people": int(row.people)} for row in counts.itertuples()]
    return float((was != now).mean()), log


def _called(model: Payload, rows: pd.DataFrame, place: Place) -> npt.NDArray[np.object_]:
    """The English name of each row's segment."""
    return np.asarray(model["name_en"], dtype=object)[place(model, rows)]

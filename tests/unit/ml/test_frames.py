"""Rows as models learn from them: one per person and day in one order, whatever was delivered."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from ml import catalogue
from ml.frames import tidy
from tests.unit.ml.conftest import Frames

MEASURES = ["orders", "revenue", "absent"]


def _delivered(people: list[object]) -> pd.DataFrame:
    """Rows in no order, with unknown days and persons, and on some keys several rows."""
    random = np.random.default_rng(4)
    count = 400
    days = random.choice(["2026-01-31", "2026-03-02", None, "no day"], count, p=[0.5, 0.4, 0.05, 0.05])
    return pd.DataFrame(
        {
            "user_key": [people[one] for one in random.integers(0, len(people), count)],
            "as_of": days,
            "revenue": random.choice([1.5, 2.5, np.nan, np.inf, -np.inf], count),
            "orders": pd.array(random.choice([0, 3], count), dtype="Int64"),
            "is_nobodys": 1,
        },
        index=random.permutation(count) * 3,
    )


def _plainly(frame: pd.DataFrame) -> dict[tuple[str, str], list[float]]:
    """The same by a loop: of several rows the one whose measures come first, the unknown being last."""
    best: dict[tuple[str, str], list[float]] = {}
    for row in frame.to_dict("records"):
        if row["as_of"] not in ("2026-01-31", "2026-03-02") or pd.isna(row["user_key"]):
            continue
        orders, revenue = float(row["orders"]), float(row["revenue"])
        known = [orders, revenue if math.isfinite(revenue) else math.inf, math.inf]
        key = str(row["as_of"]), str(row["user_key"])
        best[key] = min(best.get(key, known), known)
    return dict(sorted(best.items()))


@pytest.mark.parametrize(
    "people", [["b", "a", "\u4e2d", "\U0001f600", None], [3, 20, 100]], ids=["texts", "numbers"]
)
@pytest.mark.parametrize("are_repeated", [True, False], ids=["repeated", "once"])
def test_rows_are_one_per_person_and_day_in_the_order_of_their_keys(
    people: list[object], *, are_repeated: bool
) -> None:
    frame = _delivered(people)
    if not are_repeated:
        frame = frame.drop_duplicates(["as_of", "user_key"])
    before = frame.copy(deep=True)
    found = tidy(frame, MEASURES)
    expected = _plainly(frame)
    assert list(found.columns) == ["as_of", "user_key", *MEASURES]
    assert list(zip(found["as_of"].dt.strftime("%Y-%m-%d"), found["user_key"], strict=True)) == list(expected)
    assert found[MEASURES].fillna(math.inf).to_numpy().tolist() == list(expected.values())
    assert list(found.index) == list(range(len(expected)))
    assert set(found[MEASURES].dtypes) == {np.dtype("float64")}
    pd.testing.assert_frame_equal(frame, before)


def test_nobody_is_an_empty_frame_of_the_same_columns() -> None:
    found = tidy(_delivered(["a"]).iloc[:0], MEASURES)
    assert list(found.columns) == ["as_of", "user_key", *MEASURES]
    assert found.empty


@pytest.mark.parametrize("model", ["churn", "propensity", "segments"])
def test_the_columns_a_model_names_are_all_it_reads(frames: Frames, model: str) -> None:
    spec = catalogue.specs()[model]
    snapshots, labels = frames
    named = spec.columns()["ftr_user_snapshots"]
    given = {
        "ftr_user_snapshots": snapshots.assign(never_named=1.0),
        "ftr_churn_labels": labels,
        "ftr_purchase_labels": labels.assign(has_bought=~labels["is_churned"]),
    }
    cut = given | {"ftr_user_snapshots": snapshots[["as_of", "user_key", *named]]}
    pd.testing.assert_frame_equal(spec.select(cut, {}), spec.select(given, {}), check_exact=True)
    as_of = snapshots["as_of"].max().date()
    trained = spec.train(cut, {"folds": 1})
    tables = [spec.score(trained, one, as_of=as_of) for one in (cut, given)]
    for table in spec.tables:
        pd.testing.assert_frame_equal(tables[0][table], tables[1][table], check_exact=True)
    if spec.watched is not None and spec.watched.windows:
        windowed = {name for name in snapshots.columns if name.rsplit("_", 1)[-1].isdigit()}
        assert windowed <= set(named), "drift compares them all"

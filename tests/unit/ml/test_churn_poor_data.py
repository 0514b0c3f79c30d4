"""Poor data gives a rule or an empty table with its reason, never an exception."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml.churn import SPEC
from ml.churn.features import COLUMNS
from tests.unit.ml.given import given

Frames = tuple[pd.DataFrame, pd.DataFrame]
COLUMNS_OUT = list(SPEC.tables["fct_churn_scores"])


def published(snapshots: pd.DataFrame, labels: pd.DataFrame | None) -> tuple[str, str, pd.DataFrame]:
    """Method, reason and table of one training and scoring."""
    trained = SPEC.train(given(snapshots, labels), {"folds": 1})
    as_of = pd.Timestamp("2026-02-24").date()
    scored = SPEC.score(trained, given(snapshots), as_of=as_of)["fct_churn_scores"]
    assert list(scored.columns) == COLUMNS_OUT
    assert scored["churn_probability"].dtype == "float64"
    assert scored["as_of"].dtype == "datetime64[us]"
    assert scored["churn_probability"].between(0, 1).all()
    assert not scored["user_key"].duplicated().any()
    assert scored["reason_1"].notna().all()
    return trained.method, trained.reason, scored


def test_the_scored_day_is_the_worlds_newest(frames: Frames):
    assert frames[0]["as_of"].max() == pd.Timestamp("2026-02-24")


@pytest.mark.parametrize(
    "labels",
    [None, pd.DataFrame({"as_of": [], "user_key": [], "is_churned": []}), pd.DataFrame()],
    ids=["none", "no rows", "no columns"],
)
def test_without_labels_the_rule_that_needs_none_is_published(frames: Frames, labels: pd.DataFrame | None):
    method, reason, scored = published(frames[0], labels)
    assert method == "rule:bgnbd:untested"
    assert "untested" in reason
    assert len(scored) > 0


@pytest.mark.parametrize("outcome", [True, False])
def test_one_class_is_nothing_to_learn_from(frames: Frames, outcome: bool):
    snapshots, labels = frames
    method, reason, _ = published(snapshots, labels.assign(is_churned=outcome))
    assert method == "rule:bgnbd:untested"
    assert "too few" in reason


def test_one_labelled_day_has_no_later_day_to_be_tested_on(frames: Frames):
    snapshots, labels = frames
    method, reason, _ = published(snapshots, labels[labels["as_of"] == labels["as_of"].max()])
    assert method == "rule:bgnbd:untested"
    assert "no later day" in reason


def test_a_handful_of_people_gets_an_empty_table(make_frames: Callable[[int, int, int], Frames]):
    method, reason, scored = published(*make_frames(12, 7, 1))
    assert (method, len(scored)) == ("none", 0)
    assert reason


def test_nobody_gets_an_empty_table(frames: Frames):
    snapshots, labels = frames
    for none in (snapshots.iloc[:0], snapshots.assign(is_eligible=False)):
        method, reason, scored = published(none, labels)
        assert (method, reason, len(scored)) == ("none", "nobody is eligible", 0)


def test_columns_that_never_vary_are_survived(frames: Frames):
    snapshots, labels = frames
    method, _, scored = published(snapshots.assign(**dict.fromkeys(COLUMNS, 1.0)), labels)
    assert method == "none" or len(scored) > 0


def test_unknown_everywhere_is_survived(frames: Frames):
    snapshots, labels = frames
    published(snapshots.assign(**dict.fromkeys(COLUMNS)), labels)
    published(snapshots[["as_of", "user_key"]], labels)


def test_an_unknown_column_is_as_good_as_an_absent_one(frames: Frames):
    snapshots, labels = frames
    lost = ["revenue_90", "mean_gap_days", "feedback_365"]
    _, _, unknown = published(snapshots.assign(**dict.fromkeys(lost, np.nan)), labels)
    _, _, absent = published(snapshots.drop(columns=lost), labels)
    pd.testing.assert_frame_equal(unknown, absent, check_exact=True)


def test_infinities_count_as_unknown(frames: Frames):
    snapshots, labels = frames
    infinite, unknown = snapshots.copy(), snapshots.copy()
    for frame, value in ((infinite, np.inf), (unknown, np.nan)):
        frame[["gap_ratio", "revenue_28"]] = frame[["gap_ratio", "revenue_28"]].astype("float64")
        frame.loc[frame.index[::3], "gap_ratio"] = value
        frame.loc[frame.index[::5], "revenue_28"] = -value
    pd.testing.assert_frame_equal(published(infinite, labels)[2], published(unknown, labels)[2])


def test_thinning_never_loses_the_rarer_class(frames: Frames):
    snapshots, labels = frames
    rare = labels.assign(is_churned=np.arange(len(labels)) % 150 == 0)
    trained = SPEC.train(given(snapshots, rare), {"folds": 1, "max_rows": 300})
    assert trained.method != "none"


def test_repeated_rows_change_nothing(frames: Frames):
    snapshots, labels = frames
    twice = pd.concat([snapshots, snapshots.sample(frac=0.3, random_state=2)])
    pd.testing.assert_frame_equal(
        published(twice, pd.concat([labels, labels[::4]]))[2], published(snapshots, labels)[2]
    )


def test_contradicting_labels_are_no_label(frames: Frames):
    snapshots, labels = frames
    doubtful = labels.iloc[:10]
    against = doubtful.assign(is_churned=~doubtful["is_churned"])
    pd.testing.assert_frame_equal(
        published(snapshots, pd.concat([labels, against]))[2], published(snapshots, labels.iloc[10:])[2]
    )


def test_the_types_of_the_warehouse_do_not_matter(frames: Frames):
    snapshots, labels = frames
    typed = snapshots.copy()
    typed["as_of"] = typed["as_of"].dt.date
    typed["events_28"] = typed["events_28"].astype("Int64")
    typed["is_eligible"] = typed["is_eligible"].astype("boolean")
    typed["user_key"] = typed["user_key"].astype("string")
    pd.testing.assert_frame_equal(published(typed, labels)[2], published(snapshots, labels)[2])

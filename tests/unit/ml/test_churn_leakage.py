"""Training sees nothing of the time it is tested on, nor of the time after its anchor."""

from __future__ import annotations

import pandas as pd

from ml.churn import SPEC, backtest
from ml.churn.rows import select
from ml.churn.settings import ChurnSettings
from tests.unit.ml.given import given

Frames = tuple[pd.DataFrame, pd.DataFrame]


def test_a_label_window_that_is_not_over_is_dropped(frames: Frames):
    snapshots, labels = frames
    days = sorted(labels["as_of"].unique())
    anchor = (days[-1] + pd.Timedelta(days=29)).date()
    labelled = select(snapshots, labels, ChurnSettings(anchor=anchor)).dropna(subset="is_churned")
    assert labelled["as_of"].max() == days[-2]
    later = (days[-1] + pd.Timedelta(days=30)).date()
    labelled = select(snapshots, labels, ChurnSettings(anchor=later)).dropna(subset="is_churned")
    assert labelled["as_of"].max() == days[-1]


def test_nothing_after_the_anchor_changes_the_training_rows(frames: Frames):
    snapshots, labels = frames
    anchor = sorted(snapshots["as_of"].unique())[-3]
    settings = ChurnSettings(anchor=anchor.date())
    past = snapshots["as_of"] <= anchor
    told = labels["as_of"] + pd.Timedelta(days=30) <= anchor
    pd.testing.assert_frame_equal(
        select(snapshots, labels, settings), select(snapshots[past], labels[told], settings)
    )


def test_every_test_day_lies_after_the_label_windows_it_learnt_from(frames: Frames):
    rows = select(*frames, ChurnSettings())
    for step in (7, 13, 30):
        days = pd.Timestamp("2026-01-01") - pd.to_timedelta(step * rows["as_of"].rank(method="dense"), "D")
        moved = rows.assign(as_of=days).dropna(subset="is_churned")
        found = backtest.folds(moved, ChurnSettings())
        assert found or step < 30
        for fold in found:
            assert max(fold.train) + pd.Timedelta(days=30) <= fold.test


def test_an_outcome_of_the_scored_day_is_not_learnt(frames: Frames):
    snapshots, labels = frames
    as_of = snapshots["as_of"].max()
    future = snapshots.loc[snapshots["as_of"] == as_of, ["as_of", "user_key"]].assign(is_churned=True)
    leaked = pd.concat([labels, future])
    settings = ChurnSettings.of({"anchor": as_of.date()})
    pd.testing.assert_frame_equal(select(snapshots, labels, settings), select(snapshots, leaked, settings))


def test_people_who_are_not_eligible_are_neither_learnt_from_nor_scored(frames: Frames):
    snapshots, labels = frames
    as_of = snapshots["as_of"].max()
    scored = SPEC.score(
        SPEC.train(given(snapshots, labels), {"folds": 1}), given(snapshots), as_of=as_of.date()
    )
    today = snapshots[snapshots["as_of"] == as_of]
    eligible = set(today.loc[today["is_eligible"], "user_key"])
    assert set(scored["fct_churn_scores"]["user_key"]) == eligible

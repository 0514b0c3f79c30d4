"""Segments are stable, readable, named apart, and keep their meaning from night to night."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml.segments import SPEC, migrations
from ml.segments.names import names
from ml.segments.rows import COLUMNS, matrix, people
from ml.segments.rules import grow
from tests.unit.ml.given import given

Frames = tuple[pd.DataFrame, pd.DataFrame]
DAY = pd.Timestamp("2026-06-30")


def planted(per_group: int = 150, seed: int = 2) -> pd.DataFrame:
    """Four groups nobody could confuse."""
    random = np.random.default_rng(seed)
    #        days since order, orders, revenue, tenure, active days
    groups = [(5, 40, 9000, 600, 60), (150, 6, 500, 500, 1), (8, 2, 90, 20, 12), (400, 0, 0, 400, 0)]
    rows = np.vstack([random.poisson(np.array(one) + 0.0, (per_group, 5)) for one in groups])
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.assign(as_of=DAY, user_key=[f"{one:05d}" for one in random.permutation(len(frame))])


def scored(frame: pd.DataFrame, settings: dict[str, object] | None = None) -> dict[str, pd.DataFrame]:
    trained = SPEC.train(given(frame), settings or {})
    return SPEC.score(trained, given(frame), as_of=DAY.date())


def test_planted_groups_are_found_in_order_of_value():
    frame = planted()
    trained = SPEC.train(given(frame), {})
    tables = SPEC.score(trained, given(frame), as_of=DAY.date())
    assert trained.method == "kmeans"
    assert len(tables["dim_segments"]) == 4
    own = frame.merge(tables["fct_user_segments"], on="user_key")
    assert (own.groupby("segment_id").size() == 150).all()
    spend = own.groupby("segment_id")["revenue_all"].median()
    assert spend.is_monotonic_decreasing
    measured = trained.metrics.set_index("metric")["value"]
    assert measured["stability_ari_mean"] > 0.95
    assert measured["rule_fidelity"] > 0.97


def test_names_say_where_a_group_stands():
    dim = scored(planted())["dim_segments"]
    assert next(iter(dim["name_en"])) == "Active high spenders"
    assert "non-buyers" in list(dim["name_en"])[-1]
    assert next(iter(dim["name_zh"])) == "活跃高价值用户"
    assert dim["name_en"].is_unique
    assert dim["name_zh"].is_unique


def test_like_named_groups_are_told_apart():
    x = np.array([[1, 1, 10, 100, 5]] * 10 + [[50, 1, 10, 100, 5]] * 10 + [[99, 1, 10, 100, 5]] * 10, float)
    labels = np.repeat([0, 1, 2], 10)
    found = names(x, labels)
    assert len({number for number, _ in found}) == 3
    assert len({english for _, (english, _) in found}) == len({chinese for _, (_, chinese) in found}) == 3
    found = names(x[:20], labels[:20])
    assert [name.split("(")[1] for _, (name, _) in found] == ["ordered recently)", "ordered long ago)"]


def test_spend_is_ranked_among_spenders_and_activity_among_the_active():
    """Worked by hand: seven of ten never bought and are silent. Of three who did, one spent the median."""
    silent, spent = [400, 0, 0, 400, 0], [(9, 5, 90.0, 400, 50), (9, 5, 50.0, 400, 20), (9, 5, 10.0, 400, 10)]
    x = np.array([silent] * 7 + [list(one) for one in spent], float)
    found = names(x, np.array([3] * 7 + [0, 1, 2]))
    assert [name[0] for _, name in found] == [
        "Active high spenders",
        "Occasional regular spenders",
        "Occasional small spenders",
        "Silent non-buyers",
    ]
    assert [number for number, _ in found] == [11, 22, 32, 44]


def test_what_parts_like_named_groups_is_not_a_toss_between_measures_that_go_together():
    """Two groups part by recency and by activity about as widely; which is a hair wider must not matter."""
    for least in (4, 6):
        x = np.array(
            [[1, 9, 900, 100, 50]] * 20 + [[5, 9, 900, 100, 45]] * 20 + [[3, 1, 9, 100, 1]] * 60, float
        )
        # A few of the rest stand between the two, now more often in one measure and now in the other.
        x[40 : 40 + least, 0], x[60:65, 4] = 4.0, 47.0
        found = names(x, np.repeat([0, 1, 2], [20, 20, 60]))
        assert [name[0] for _, name in found][:2] == [
            "Active high spenders (ordered recently)",
            "Active high spenders (ordered long ago)",
        ]


def test_a_refit_calls_people_what_it_called_them_before():
    """The silent and the new spend about the same: a change of who spends more renames nobody."""
    random = np.random.default_rng(5)
    told = []
    for silent, new in ((100, 104), (104, 100)):
        groups = [
            (5, 40, 9000, 600, 60),
            (60, 9, 1500, 500, 6),
            (300, 1, silent, 500, 0),
            (30, 1, new, 40, 2),
        ]
        rows = np.vstack([random.poisson(np.array(one) + 0.0, (150, 5)) for one in groups])
        frame = pd.DataFrame(rows, columns=list(COLUMNS)).assign(
            as_of=DAY, user_key=np.arange(600).astype(str)
        )
        tables = scored(frame)
        told.append(tables["fct_user_segments"].set_index("user_key")[["segment_id", "segment_name"]])
        assert list(tables["dim_segments"]["name_en"]) == [
            "Active high spenders",
            "Occasional regular spenders",
            "New small spenders",
            "Silent small spenders",
        ]
    assert (told[0] == told[1].loc[told[0].index]).all(axis=None)


def test_who_is_called_otherwise_since_an_earlier_day_is_told():
    before = planted()
    now = before.assign(as_of=DAY + pd.Timedelta(days=40))
    # Thirty of the newest group live as the most valuable do now; nobody else changed.
    became = before.index[before["revenue_all"].between(1, 200)][:30]
    now.loc[became, list(COLUMNS)] = before.loc[before["revenue_all"] > 5000, list(COLUMNS)].to_numpy()[:30]
    trained = SPEC.train(given(pd.concat([before, now])), {})
    measured = trained.metrics.set_index("metric")["value"]
    assert measured["relabelled_a_day"] == pytest.approx(30 / 600 / 40)
    assert measured["relabelled_by_refit"] == 0
    assert trained.card["migrations"] == []
    assert trained.card["compared_since"] == "2026-06-30"
    alone = SPEC.train(given(now), {})
    assert not {"relabelled_a_day", "relabelled_by_refit"} & set(alone.metrics["metric"])


def test_whom_two_models_call_otherwise_is_counted_from_name_to_name():
    """Worked by hand: of three one was New to the earlier model, whose number 33 is now of nobody."""
    rows = planted().iloc[:3]
    earlier = {"id": [11, 33], "name_en": ["Active", "New"], "at": [0, 1, 1]}
    model = {"id": [34, 11], "name_en": ["Silent", "Active"], "at": [1, 1, 0]}
    share, log = migrations.between(earlier, model, rows, lambda one, _: np.array(one["at"]))
    assert share == pytest.approx(2 / 3)
    assert log == [
        {"from": "New", "to": "Active", "people": 1},
        {"from": "New", "to": "Silent", "people": 1},
    ]


def test_a_new_name_under_the_old_number_is_a_new_name():
    rows = planted().iloc[:4]
    earlier = {"id": [21], "name_en": ["Active users"], "at": [0, 0, 0, 0]}
    names_en = ["Active users (longer tenure)", "Active users (shorter tenure)"]
    model = {"id": [21, 121], "name_en": names_en, "at": [0, 0, 0, 1]}
    share, log = migrations.between(earlier, model, rows, lambda one, _: np.array(one["at"]))
    assert share == 1
    assert [(one["to"], one["people"]) for one in log] == [(names_en[0], 3), (names_en[1], 1)]


def test_shares_and_sizes_count_everybody_once():
    tables = scored(planted())
    dim, people_ = tables["dim_segments"], tables["fct_user_segments"]
    assert dim["size"].sum() == len(people_) == 600
    assert dim["share"].sum() == pytest.approx(1.0)
    assert not people_["user_key"].duplicated().any()


def test_the_rule_as_text_is_the_rule_as_applied(frames: Frames):
    newest = frames[0][frames[0]["as_of"] == frames[0]["as_of"].max()]
    rows = people(newest)
    x = matrix(rows)
    labels = np.argmin(np.abs(x[:, [2]] - np.array([[0, 50, 400, 2000]])), axis=1)
    boxes = grow(x, labels, 1)
    by_text = np.full(len(x), -1)
    for label in range(4):
        text = boxes.text(label)
        if text != "nearest centroid":
            by_text[rows.eval(text).to_numpy()] = label
    np.testing.assert_array_equal(by_text, boxes.assign(x))


def test_where_no_short_rule_fits_the_rule_becomes_the_segments(frames: Frames):
    snapshots = frames[0]
    trained = SPEC.train(given(snapshots), {"min_fidelity": 1.0})
    assert trained.method == "rule:tree"
    day = snapshots["as_of"].max()
    tables = SPEC.score(trained, given(snapshots), as_of=day.date())
    rows = people(snapshots[snapshots["as_of"] == day])
    for segment in tables["dim_segments"].itertuples():
        assert rows.eval(segment.rule).sum() == segment.size


def test_a_refit_is_the_same_to_the_bit_whatever_the_order(frames: Frames):
    snapshots = frames[0]
    day = snapshots["as_of"].max().date()
    first, again = (SPEC.train(given(one), {}) for one in (snapshots, snapshots[::-1]))
    assert again.card == first.card
    for name in SPEC.tables:
        pd.testing.assert_frame_equal(
            SPEC.score(again, given(snapshots), as_of=day)[name],
            SPEC.score(first, given(snapshots), as_of=day)[name],
            check_exact=True,
        )


def test_the_next_day_moves_few_people(frames: Frames):
    snapshots = frames[0]
    day = snapshots["as_of"].max()
    trained = SPEC.train(given(snapshots), {})
    tomorrow = snapshots[snapshots["as_of"] == day].copy()
    tomorrow["as_of"] += pd.Timedelta(days=1)
    tomorrow[["tenure_days", "days_since_last_order"]] += 1
    before = SPEC.score(trained, given(snapshots), as_of=day.date())["fct_user_segments"]
    after = SPEC.score(trained, given(tomorrow), as_of=(day + pd.Timedelta(days=1)).date())[
        "fct_user_segments"
    ]
    assert (before["segment_id"].to_numpy() != after["segment_id"].to_numpy()).mean() <= 0.03


@pytest.mark.parametrize("count", [1, 5, 99])
def test_few_people_are_one_segment(count: int):
    tables = scored(planted().iloc[:count])
    assert list(tables["dim_segments"]["name_zh"]) == ["全部用户"]
    assert len(tables["fct_user_segments"]) == count


def test_nobody_gives_empty_tables_of_the_right_types():
    for tables in (scored(planted().iloc[:0]), scored(planted().assign(user_key=None))):
        assert {name: len(table) for name, table in tables.items()} == dict.fromkeys(SPEC.tables, 0)
        assert tables["dim_segments"]["share"].dtype == "float64"


def test_people_all_alike_are_one_segment():
    frame = planted()
    frame[list(COLUMNS)] = 3
    assert len(scored(frame)["dim_segments"]) == 1


@pytest.mark.parametrize("lost", [["revenue_all", "orders_all", "days_since_last_order"], ["tenure_days"]])
def test_an_unknown_measure_is_survived(lost: list[str]):
    for frame in (planted().drop(columns=lost), planted().assign(**dict.fromkeys(lost, np.nan))):
        tables = scored(frame)
        assert len(tables["fct_user_segments"]) == 600
        assert tables["dim_segments"]["name_en"].is_unique


def test_infinite_and_negative_money_are_survived():
    frame = planted().astype({"revenue_all": "float64"})
    frame.loc[::7, "revenue_all"] = np.inf
    frame.loc[::5, "revenue_all"] = -30.0
    assert len(scored(frame)["fct_user_segments"]) == 600


def test_one_day_of_everything_scores_only_that_day(make_frames: Callable[[int, int, int], Frames]):
    snapshots = make_frames(150, 2, 1)[0]
    day = snapshots["as_of"].max()
    tables = SPEC.score(SPEC.train(given(snapshots), {}), given(snapshots), as_of=day.date())
    assert len(tables["fct_user_segments"]) == (snapshots["as_of"] == day).sum()

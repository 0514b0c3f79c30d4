"""Lists people can be given: found again where planted, filtered without exception, and never empty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import model_bars, snapshots
from ml import registry
from ml.recommendations import SPEC, actions, weights
from ml.recommendations.settings import RecommendationSettings
from ml.spec import Trained

DATA = Path(__file__).parents[3].parent / "shared" / "data"
DAY = date(2026, 6, 30)
Frames = dict[str, pd.DataFrame]


def shop(people: int = 400, seed: int = 1) -> Frames:
    """Six tastes of twenty items each, one category a taste; a tenth of what is taken is of another."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(people):
        taste = number % 6
        for _ in range(int(random.integers(2, 14))):
            kind = taste if random.random() < 0.9 else int(random.integers(6))
            # Some of a taste is liked by all who share it, most by few.
            item = int(20 * random.random() ** 1.7)
            rows.append((f"{number:064x}", f"i{kind}{item:02d}", int(random.integers(0, 200))))
    frame = pd.DataFrame(rows, columns=["user_key", "item_id", "day"])
    frame["day"] = pd.Timestamp(DAY) - pd.to_timedelta(frame["day"], "D")
    taken = frame.groupby(["user_key", "item_id", "day"], as_index=False).size()
    items = pd.DataFrame({"item_id": [f"i{kind}{item:02d}" for kind in range(6) for item in range(20)]})
    return {
        "ftr_item_days": taken.rename(columns={"size": "actions"}),
        "ftr_items": items.assign(category=items["item_id"].str[1], is_available=True),
        "ftr_people": pd.DataFrame({"user_key": [f"{number:064x}" for number in range(people + 20)]}),
    }


@pytest.fixture(scope="module")
def frames() -> Frames:
    return shop()


def listed(frames: Frames, **settings: object) -> tuple[Trained, pd.DataFrame]:
    trained = SPEC.train(frames, {"anchor": DAY, "recommendations": settings})
    table = SPEC.score(trained, frames, as_of=DAY)["fct_recommendations"]
    assert list(table.columns) == list(SPEC.tables["fct_recommendations"])
    return trained, table


@pytest.fixture(scope="module")
def online_retail() -> pd.DataFrame:
    if not (DATA / "uci_online_retail").exists():
        pytest.skip("../shared/data/uci_online_retail is not here")
    return snapshots.online_retail_items(DATA / "uci_online_retail")


def test_online_retails_new_items_are_found_twice_as_often_as_by_popularity(online_retail: pd.DataFrame):
    trained = SPEC.train({"ftr_item_days": online_retail}, {})
    assert trained.method == "ease"
    newest = model_bars.newest_cut(trained)
    assert newest.loc["recall_20", "ease"] >= 0.145
    assert newest.loc["ndcg_20", "ease"] >= 0.15
    assert newest.loc["ndcg_20", "ease"] >= 1.3 * newest.loc["ndcg_20", "rule:popularity"]
    assert newest.loc["coverage", "ease"] >= 0.20
    assert trained.card["cuts"] == 3
    figures = trained.metrics.set_index("metric")
    assert figures.loc["ndcg_20", "value"] >= 1.3 * figures.loc["ndcg_20", "baseline_value"]
    assert figures.loc["coverage", "value"] >= 0.20


def test_no_list_of_online_retails_customers_has_what_it_may_not_have(online_retail: pd.DataFrame):
    """Every twentieth article is delisted, every tenth customer refuses."""
    assert model_bars.violations(online_retail) == 0


def test_planted_tastes_are_recommended(frames: Frames):
    trained, table = listed(frames, per_category=10)
    assert trained.method == "ease"
    own = table[table["method"] == "ease"]
    taste = own["user_key"].map(lambda key: str(int(key, 16) % 6))
    assert len(own) > 2000
    assert (own["item_id"].str[1] == taste).mean() > 0.8


def test_nothing_owned_delisted_or_fourth_of_a_category_is_listed_and_nobody_is_left_out(frames: Frames):
    gone = frames["ftr_items"]["item_id"].str.endswith(("00", "01"))
    catalogue = frames["ftr_items"].assign(is_available=~gone)
    _, table = listed(frames | {"ftr_items": catalogue})
    assert set(table["user_key"]) == set(frames["ftr_people"]["user_key"])
    assert (table.groupby("user_key").size() == 10).all()
    assert not table["item_id"].isin(set(catalogue.loc[gone, "item_id"])).any()
    personal = table[table["method"] != "default"]
    owned = personal.merge(frames["ftr_item_days"], on=["user_key", "item_id"])
    assert owned.empty
    assert table.groupby(["user_key", table["item_id"].str[1]]).size().max() <= 3
    assert not table.duplicated(["user_key", "item_id"]).any()
    ranked = table.sort_values(["user_key", "rank"])
    assert (ranked.groupby("user_key")["score"].diff().dropna() <= 0).all()
    assert (ranked.groupby("user_key")["rank"].agg(["min", "max"]) == [1, 10]).all(axis=None)


def test_who_refused_gets_the_list_everybody_gets(frames: Frames):
    refused = set(frames["ftr_people"]["user_key"].iloc[:30])
    shown = frames["ftr_item_days"][~frames["ftr_item_days"]["user_key"].isin(refused)]
    _, table = listed(frames | {"ftr_item_days": shown})
    default = table[table["method"] == "default"]
    assert refused <= set(default["user_key"])
    assert default.groupby("rank")["item_id"].nunique().eq(1).all()


def test_repeat_goods_put_what_is_taken_most_first(frames: Frames):
    mine = pd.DataFrame(
        {
            "user_key": "f" * 64,
            "item_id": ["i300", "i301", "i300"],
            "day": pd.to_datetime(["2026-06-01", "2026-06-02", "2026-06-20"]),
            "actions": [1, 1, 1],
        }
    )
    with_me = frames | {
        "ftr_item_days": pd.concat([frames["ftr_item_days"], mine]),
        "ftr_people": pd.DataFrame({"user_key": ["f" * 64]}),
    }
    _, table = listed(with_me, repeat_goods=True)
    assert list(table["item_id"][:2]) == ["i300", "i301"]
    assert list(table["method"][:2]) == ["own_counts", "own_counts"]


def test_where_everybody_takes_anything_the_popular_is_served_and_says_why():
    random = np.random.default_rng(5)
    rows = pd.DataFrame(
        {
            "user_key": [f"{one:064x}" for one in random.integers(0, 300, 3000)],
            "item_id": [f"i{one}" for one in random.zipf(1.6, 3000).clip(max=60)],
            "day": pd.Timestamp(DAY) - pd.to_timedelta(random.integers(0, 150, 3000), "D"),
            "actions": 1,
        }
    )
    trained = SPEC.train({"ftr_item_days": rows}, {"anchor": DAY})
    assert trained.method == "rule:popularity"
    assert "1.1 times popularity's NDCG" in trained.reason


def test_ease_is_the_regression_it_is_said_to_be(frames: Frames):
    """Column by column: ridge on all other items, which is what the closed form must give."""
    rows = actions.clean(frames["ftr_item_days"], None)
    items = np.array(sorted(rows["item_id"].unique()), dtype=object)
    now = actions.taken(rows, pd.Timestamp(DAY), items, 120.0)
    found = weights.fit(now.owned, 20.0, RecommendationSettings(neighbours=1000)).toarray()
    x = now.owned.toarray()
    for item in (0, 7, len(items) - 1):
        others = np.delete(x, item, axis=1)
        ridge = np.linalg.solve(others.T @ others + 20.0 * np.eye(others.shape[1]), others.T @ x[:, item])
        np.testing.assert_allclose(np.delete(found[:, item], item), ridge, atol=1e-5)
        assert found[item, item] == 0


def test_with_too_many_items_similarity_stands_for_ease(frames: Frames):
    trained, table = listed(frames, max_items=10)
    assert trained.method == "item_cosine"
    assert (table.groupby("user_key").size() == 10).all()


def test_nothing_after_the_anchor_or_the_day_changes_a_list(frames: Frames):
    then = date(2026, 5, 31)
    before = frames["ftr_item_days"][frames["ftr_item_days"]["day"] <= pd.Timestamp(then)]
    tables = []
    for rows in (frames["ftr_item_days"], before):
        world = frames | {"ftr_item_days": rows}
        trained = SPEC.train(world, {"anchor": then})
        tables.append(SPEC.score(trained, world, as_of=then)["fct_recommendations"])
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_a_refit_another_order_and_a_file_give_the_same_lists(frames: Frames, tmp_path: Path):
    mixed = {name: frame.sample(frac=1, random_state=3) for name, frame in frames.items()}
    fitted = registry.fit_or_load(SPEC, tmp_path, frames, {"anchor": DAY}).trained
    assert not registry.fit_or_load(SPEC, tmp_path, mixed, {"anchor": DAY}).is_new
    read = registry.load(SPEC, tmp_path, fitted.version)
    first, again = (
        SPEC.score(one, world, as_of=DAY)["fct_recommendations"]
        for one, world in ((fitted, frames), (read, mixed))
    )
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_of_equally_liked_items_the_first_by_name_comes_first(frames: Frames):
    names = [f"item {number:02d}" for number in range(30)]
    keys = frames["ftr_people"]["user_key"].iloc[:60]
    rows = pd.DataFrame(
        [(key, name) for number, key in enumerate(keys) for name in (names[number % 30],)],
        columns=["user_key", "item_id"],
    ).assign(day=pd.Timestamp(DAY), actions=1)
    items = pd.DataFrame({"item_id": names, "category": names, "is_available": True})
    world = {"ftr_item_days": rows, "ftr_items": items, "ftr_people": frames["ftr_people"]}
    mixed = {name: frame.sample(frac=1, random_state=5) for name, frame in world.items()}
    for one in (world, mixed):
        table = listed(one)[1]
        for key, own in table.groupby("user_key"):
            has = set(rows.loc[rows["user_key"] == key, "item_id"])
            assert list(own.sort_values("rank")["item_id"]) == [n for n in names if n not in has][:10]


def test_an_item_newer_than_the_model_may_be_popular(frames: Frames):
    trained = SPEC.train(frames, {"anchor": DAY})
    keys = frames["ftr_people"]["user_key"].iloc[:300]
    new = pd.DataFrame({"user_key": keys, "item_id": "new", "day": pd.Timestamp(DAY), "actions": 1})
    world = frames | {"ftr_item_days": pd.concat([frames["ftr_item_days"], new])}
    table = SPEC.score(trained, world, as_of=DAY)["fct_recommendations"]
    assert (table.loc[(table["method"] == "default") & (table["rank"] == 1), "item_id"] == "new").all()


@pytest.mark.parametrize("count", [0, 3])
def test_nobody_or_a_handful_is_no_failure(frames: Frames, count: int):
    few = frames["ftr_item_days"]["user_key"].isin(frames["ftr_people"]["user_key"].iloc[:count])
    trained, table = listed(frames | {"ftr_item_days": frames["ftr_item_days"][few]})
    assert trained.method == "rule:popularity:untested"
    assert trained.reason
    assert table.empty == (count == 0)


def test_without_an_anchor_and_a_row_there_is_no_model(frames: Frames):
    trained = SPEC.train({"ftr_item_days": frames["ftr_item_days"].iloc[:0]}, {})
    assert (trained.method, trained.model, trained.reason) == ("none", {}, "nobody took anything")
    assert SPEC.score(trained, frames, as_of=DAY)["fct_recommendations"].empty


def test_what_is_first_taken_after_the_anchor_is_popular_the_same_night(frames: Frames):
    """A company's first days may all lie after the week's anchor: its people have lists all the same."""
    first = frames["ftr_item_days"]["day"].min()
    trained = SPEC.train(frames, {"anchor": (pd.Timestamp(first) - pd.Timedelta(days=1)).date()})
    table = SPEC.score(trained, frames, as_of=DAY)["fct_recommendations"]
    assert set(table["user_key"]) == set(frames["ftr_people"]["user_key"])
    taken = frames["ftr_item_days"].groupby("item_id")["user_key"].nunique()
    firsts = table[(table["method"] == "default") & (table["rank"] == 1)]["item_id"].unique()
    assert len(firsts) == 1
    assert taken[firsts[0]] >= taken.quantile(0.9), "of what many took"


def test_unknown_infinite_and_repeated_rows_are_survived(frames: Frames):
    rows = frames["ftr_item_days"]
    odd = pd.concat(
        [rows, rows.iloc[:50], rows.iloc[:5].assign(item_id=None), rows.iloc[:5].assign(actions=np.inf)]
    )
    pd.testing.assert_frame_equal(
        listed(frames | {"ftr_item_days": odd})[1], listed(frames)[1], check_exact=True
    )
    listed(frames | {"ftr_items": frames["ftr_items"].iloc[:0]})

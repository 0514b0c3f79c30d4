"""Recommendations are tested on several cuts, each as if it were the last, and the mean is told."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from math import log2
from statistics import mean

import numpy as np
import pandas as pd
import pytest

from ml.recommendations import SPEC
from ml.spec import Trained

DAY, DAYS = date(2026, 6, 30), 30
Row = tuple[str, str, date]


def taken(people: int = 120, days: int = 240) -> list[Row]:
    """People of four tastes with fifteen items each, on days drawn at random."""
    random = np.random.default_rng(8)
    rows = set()
    for number in range(people):
        for _ in range(24):
            kind = number % 4 if random.random() < 0.85 else int(random.integers(4))
            item = f"i{kind}{int(15 * random.random() ** 1.5):02d}"
            rows.add((f"{number:064x}", item, DAY - timedelta(days=int(random.integers(0, days)))))
    return sorted(rows)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return taken()


def trained(rows: list[Row], anchor: date = DAY, **settings: object) -> Trained:
    frame = pd.DataFrame(rows, columns=["user_key", "item_id", "day"]).assign(actions=1)
    return SPEC.train({"ftr_item_days": frame}, {"anchor": anchor, **settings})


def by_cut(found: Trained) -> dict[tuple[int, str], dict[str, float]]:
    return {(row["cut"], row["candidate"]): row for row in found.card["backtest_by_cut"]}


def popular(rows: list[Row], cut: date) -> tuple[float, float, int]:
    """Recall and NDCG of 20 of popularity, and the people tested, counted one by one."""
    owned: dict[str, set[str]] = {}
    lately: dict[str, set[str]] = {}
    for person, item, day in rows:
        if day <= cut:
            owned.setdefault(person, set()).add(item)
            if cut - day < timedelta(days=DAYS):
                lately.setdefault(item, set()).add(person)
    ever = Counter(item for items in owned.values() for item in items)
    order = sorted(ever, key=lambda item: (-len(lately.get(item, ())), -ever[item], item))
    recalls, gains = [], []
    for person, has in owned.items():
        window = (cut, cut + timedelta(days=DAYS))
        new = {item for one, item, day in rows if one == person and window[0] < day <= window[1]} - has
        new &= set(ever)
        if new:
            shown = [item for item in order if item not in has][:20]
            hits = [place for place, item in enumerate(shown, 2) if item in new]
            recalls.append(len(hits) / len(new))
            best = sum(1 / log2(place) for place in range(2, 2 + min(20, len(new))))
            gains.append(sum(1 / log2(place) for place in hits) / best)
    return mean(recalls), mean(gains), len(recalls)


def test_each_cut_is_what_counting_one_by_one_finds(rows: list[Row]) -> None:
    found = trained(rows)
    assert found.card["cuts"] == 3
    told = by_cut(found)
    for number in (1, 2, 3):
        cut = DAY - timedelta(days=DAYS * number)
        row = told[number, "rule:popularity"]
        recall, gain, people = popular(rows, cut)
        assert row["test_day"] == cut.isoformat()
        assert row["tested_people"] == people == told[number, "ease"]["tested_people"]
        assert (row["recall_20"], row["ndcg_20"]) == pytest.approx((recall, gain), abs=1e-6)


def test_each_cut_is_tested_as_if_it_were_the_last_one(rows: list[Row]) -> None:
    """What came after a cut's test days is not there when it is trained alone, and changes none of it."""
    told = by_cut(trained(rows))
    for number in (2, 3):
        then = DAY - timedelta(days=DAYS * (number - 1))
        alone = by_cut(trained([row for row in rows if row[2] <= then], then, folds=1))
        for candidate in ("ease", "rule:popularity"):
            assert alone[1, candidate] == told[number, candidate] | {"cut": 1}


def test_the_metrics_are_means_and_the_card_tells_how_far_apart_the_cuts_lie(rows: list[Row]) -> None:
    found = trained(rows)
    told, figures = by_cut(found), found.metrics.set_index("metric")
    spread = {row["candidate"]: row for row in found.card["backtest_spread"]}
    for column, candidate in (("value", "ease"), ("baseline_value", "rule:popularity")):
        for metric in ("recall_20", "recall_20_of_most", "ndcg_20", "coverage"):
            of_cuts = [told[number, candidate][metric] for number in (1, 2, 3)]
            assert figures.loc[metric, column] == pytest.approx(sum(of_cuts) / 3, abs=1e-5)
            assert spread[candidate][metric] == pytest.approx(max(of_cuts) - min(of_cuts), abs=1e-5)
    assert spread["ease"]["ndcg_20"] > 0, "cuts that are all alike were one cut"


@pytest.mark.parametrize(("days", "cuts"), [(240, 3), (90, 2), (60, 1), (30, 0)])
def test_a_short_history_has_as_many_cuts_as_it_has(days: int, cuts: int) -> None:
    """A cut needs fifty people before it; without an earlier one the usual lambda and trend are tested."""
    found = trained(taken(days=days))
    assert found.card.get("cuts", 0) == cuts
    assert found.method.endswith(":untested") == (cuts == 0)


def test_of_very_many_items_two_cuts_are_tested(rows: list[Row]) -> None:
    items = len({row[1] for row in rows})
    assert trained(rows, max_rolled_items=items).card["cuts"] == 3
    assert trained(rows, max_rolled_items=items - 1).card["cuts"] == 2
    assert trained(rows, max_rolled_items=items - 1, folds=1).card["cuts"] == 1


def test_one_good_month_does_not_make_up_for_two_bad_ones(rows: list[Row]) -> None:
    """In two of three test months everybody takes what is popular: the mean of the cuts decides."""
    random = np.random.default_rng(3)
    items = sorted({row[1] for row in rows})
    share = 1 / np.arange(1, len(items) + 1) ** 1.6
    anything = random.choice(items, len(rows), p=share / share.sum())
    first, last = (DAY - timedelta(days=DAYS * number) for number in (3, 1))
    mixed = [
        (row[0], str(item), row[2]) if first < row[2] <= last else row
        for row, item in zip(rows, anything, strict=True)
    ]
    told, newest = trained(mixed), trained(mixed, folds=1)
    gains = [
        by_cut(told)[number, "ease"]["ndcg_20"] / by_cut(told)[number, "rule:popularity"]["ndcg_20"]
        for number in (1, 2, 3)
    ]
    assert gains[0] > 1.1
    assert newest.method == "ease"
    assert told.method == "rule:popularity"
    assert "times popularity's NDCG" in told.reason

"""The plan of an experiment: textbook sizes, chances seen in simulation, days counted in a published file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ml.experiments.comparison import compare
from ml.experiments.moments import Sums, plain
from ml.experiments.power import Baseline, days_needed, people_needed
from orchestration import power, publishing, served, tenant, warehouse
from orchestration.night import Night

RULES = """\
metrics:
  - {metric: orders, kind: mean, name_en: O, name_zh: O, measure: orders}
  - {metric: buyers, kind: proportion, name_en: B, name_zh: B, measure: orders}
  - {metric: basket, kind: ratio, name_en: R, name_zh: R, measure: revenue, per: {measure: orders}}
"""
DAY = date(2026, 3, 10)


def test_the_size_is_that_of_the_textbook() -> None:
    """10 % to 12 %: (1.96 + 0.8416)^2 x (0.09 + 0.1056) / 0.02^2 = 3,839 in each arm."""
    found = people_needed(Baseline(0.1, 0.3, is_share=True), 0.2, share=0.5, alpha=0.05, power=0.8)
    assert found == pytest.approx(2 * 3_839, abs=6)
    uneven = people_needed(Baseline(0.1, 0.3, is_share=True), 0.2, share=0.1, alpha=0.05, power=0.8)
    assert uneven > 2 * found, "an uneven split needs more people"
    halved = people_needed(Baseline(5, 10, reduction=0.5), 0.05, share=0.5, alpha=0.05, power=0.8)
    assert halved == pytest.approx(
        people_needed(Baseline(5, 10), 0.05, share=0.5, alpha=0.05, power=0.8) / 2, abs=1
    )


def test_so_many_people_find_the_lift_as_often_as_was_asked() -> None:
    people = people_needed(Baseline(0.2, 0.4, is_share=True), 0.15, share=0.5, alpha=0.05, power=0.8)
    rng = np.random.default_rng(1)
    bought = rng.binomial(people // 2, [[0.2, 0.23]] * 2_000)
    n = people / 2
    found = [
        compare(plain(Sums(n, c, c)), plain(Sums(n, t, t)), alpha=0.05, tau=0.01, of="share").p < 0.05
        for c, t in bought
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


def test_days_are_counted_as_people_come() -> None:
    assert days_needed(25, [10, 10, 10]) == 3
    assert days_needed(45, [30, 3, 3, 3, 3, 3]) == 6
    # 45 have come in six days; 21 more at 7.5 a day are three days.
    assert days_needed(66, [30, 3, 3, 3, 3, 3]) == 6 + 3
    assert days_needed(5, [3, 0, 0, 0, 0, 0, 0, 0]) is None


@pytest.mark.parametrize(
    ("baseline", "lift", "said"),
    [
        (Baseline(0, 0), 0.1, "nobody does it yet"),
        (Baseline(1, 0), 0.1, "nobody does it yet"),
        (Baseline(1, 1), 0, "a lift is any number"),
        (Baseline(1, 1), -1, "a lift is any number"),
        (Baseline(0.9, 0.3, is_share=True), 0.2, "108% is more than everybody"),
    ],
)
def test_a_question_without_an_answer_says_why(baseline: Baseline, lift: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        people_needed(baseline, lift, share=0.5, alpha=0.05, power=0.8)


@pytest.fixture
def published(folder: Path, tmp_path: Path) -> Night:
    """Four people of the last 56 days: ann bought twice, bo once; one long gone."""
    (folder / "experiments.yml").write_text(RULES, encoding="utf-8")
    now = Night(tenant.load(str(folder)), DAY, tmp_path / "data", tmp_path)
    served.folder(now.data).mkdir(parents=True)
    with warehouse.open_file(served.folder(now.data) / "generation_2026-03-10_1.duckdb") as made:
        made.execute(
            """
            create schema marts;
            create table marts.rpt_loads as select date '2026-03-10' as as_of;
            create table marts.fct_user_days as
            select * from (values
                ('ann', date '2026-03-01', 1, 1, 2.0), ('ann', date '2026-03-02', 1, 1, 2.0),
                ('bo', date '2026-03-01', 1, 1, 5.0), ('cy', date '2026-03-09', 2, 0, 0.0),
                ('dee', date '2026-03-09', 1, 0, 0.0), ('gone', date '2025-03-09', 1, 9, 0.0)
            ) as t (user_key, day, session_count, order_count, revenue);
            create table marts.rpt_experiments (
                experiment_id text, metric text, variant text, is_control boolean, is_valid boolean,
                units bigint, mean double, deviation double, variance_reduction double, started_at timestamp
            );
            """
        )
    publishing.point_at(now.data, publishing.generations(now.data)[0])
    return now


def test_before_any_experiment_a_metric_is_what_peoples_days_say(published: Night) -> None:
    """Orders of four people: 2, 1, 0, 0; their mean 0.75, deviation 0.957; two of four bought."""
    with warehouse.open_file(served.current(published.data), read_only=True) as connection:
        orders, seen = power.baseline(connection, published, "orders")
        assert (orders.mean, orders.deviation) == pytest.approx((0.75, 0.957427), rel=1e-5)
        assert seen == "the last 56 days"
        buyers, _ = power.baseline(connection, published, "buyers")
        assert (buyers.mean, buyers.deviation) == (0.5, 0.5)
    told = power.plan(published, "orders", 0.5, 0.5, 0.05, 0.8)
    # (1.96 + 0.8416)^2 x 4 x 0.9167 / 0.375^2 = 204.7; four people came in the first 56 days.
    assert "205 people" in told
    assert f"{days_needed(205, [0] * 47 + [2, 0, 0, 0, 0, 0, 0, 0, 2, 0][:9])} days" in told


def test_the_newest_valid_experiment_says_it_better(published: Night) -> None:
    with warehouse.open_file(served.current(published.data).resolve()) as made:
        made.execute(
            """
            insert into marts.rpt_experiments values
                ('old', 'basket', 'a', true, true, 500, 20, 10, null, '2026-01-01'),
                ('new', 'basket', 'a', true, true, 500, 30, 10, null, '2026-02-01'),
                ('new', 'basket', 'b', false, true, 500, 31, 10, 0.25, '2026-02-01'),
                ('broken', 'basket', 'a', true, false, 500, 90, 10, null, '2026-03-01'),
                ('tiny', 'basket', 'a', true, true, 5, 70, 10, null, '2026-03-01')
            """
        )
    with warehouse.open_file(served.current(published.data), read_only=True) as connection:
        found, seen = power.baseline(connection, published, "basket")
    assert (found, seen) == (Baseline(30, 10, 0.25), "experiment new")


def test_what_cannot_be_planned_names_the_way_out(published: Night) -> None:
    with pytest.raises(power.Unmeasured, match="no valid experiment has measured basket yet"):
        power.plan(published, "basket", 0.1, 0.5, 0.05, 0.8)
    with pytest.raises(power.Unmeasured, match="METRIC=nps is no metric of"):
        power.plan(published, "nps", 0.1, 0.5, 0.05, 0.8)
    with pytest.raises(served.NothingPublished, match="make nightly"):
        power.plan(replace(published, data=published.data / "elsewhere"), "orders", 0.1, 0.5, 0.05, 0.8)

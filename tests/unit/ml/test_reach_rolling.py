"""Reach is tested on several cuts, each as if it were the last, and its probabilities against what came."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log

import numpy as np
import pandas as pd
import pytest

from ml.reach import SPEC
from ml.spec import Trained

HOURS = [str(3 * number) for number in range(8)]
#: Occasions of the oldest days, then of the H days after each cut, the newest last.
PARTS = ("oldest", "test_times_3", "test_times_2", "test_times")
Counts = dict[tuple[str, str], list[int]]


def town(habits: tuple[float, ...] = (0.6, 0.6, 0.6, 0.6), people: int = 240) -> Counts:
    """Occasions of each person and hour in each part of time; ``habits`` is how often they keep to theirs."""
    random = np.random.default_rng(6)
    common = np.array([1, 1, 1, 3, 4, 3, 6, 5]) / 24
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0])
    for number in range(people):
        own = int(random.choice(8, p=common))
        for part, habit in enumerate(habits):
            p = (1 - habit) * common
            p[own] += habit
            for hour, times in zip(HOURS, random.multinomial(random.integers(0, 12), p), strict=True):
                if times:
                    counts[f"{number:064x}", hour][part] += int(times)
    return dict(counts)


def framed(counts: Counts, parts: int = 4) -> pd.DataFrame:
    """As the night counts them where only the first parts of time have passed."""
    rows = []
    for (person, hour), times in counts.items():
        seen = [0, 0, 0, 0, *times[:parts]][-4:]
        told = dict(zip(PARTS, seen, strict=True))
        row = {"user_key": person, "aspect": "hour", "choice": hour, "times": sum(seen)}
        rows.append(row | told | {"learn_times": sum(seen[:3])})
    return pd.DataFrame(rows).query("times > 0").drop(columns="oldest")


def trained(frame: pd.DataFrame) -> Trained:
    return SPEC.train({"ftr_reach_counts": frame}, {})


def by_cut(found: Trained) -> dict[tuple[int, str], dict[str, float]]:
    return {(row["cut"], row["candidate"]): row for row in found.card["aspects"]["hour"]["backtest_by_cut"]}


def everybodys(counts: Counts, part: int) -> tuple[float, float, float]:
    """Hit rate, log-loss and calibration error of everybody's shares before a part of time, one by one."""
    before: Counter[str] = Counter()
    known = set()
    for (person, hour), times in counts.items():
        before[hour] += sum(times[:part])
        known |= {person} if sum(times[:part]) else set()
    share = {hour: before[hour] / before.total() for hour in HOURS}
    best = max(HOURS, key=lambda hour: share[hour])
    came: dict[str, dict[str, int]] = defaultdict(dict)
    for (person, hour), times in counts.items():
        if person in known and times[part]:
            came[person][hour] = times[part]
    occasions = sum(sum(of.values()) for of in came.values())
    hits = sum(of.get(best, 0) for of in came.values())
    loss = -sum(times * log(share[hour]) for of in came.values() for hour, times in of.items())
    happened = [came[person].get(best, 0) / sum(came[person].values()) for person in sorted(came)]
    gaps = sum(abs(sum(tenth) - share[best] * len(tenth)) for tenth in np.array_split(happened, 10))
    return hits / occasions, loss / occasions, gaps / len(came)


@pytest.fixture(scope="module")
def counts() -> Counts:
    return town()


def test_each_cut_is_what_counting_one_by_one_finds(counts: Counts) -> None:
    told = by_cut(trained(framed(counts)))
    assert {cut for cut, _ in told} == {1, 2, 3}
    for cut in (1, 2, 3):
        row = told[cut, "rule:global"]
        found = (row["hit_rate"], row["log_loss"], row["ece"])
        assert found == pytest.approx(everybodys(counts, 4 - cut), abs=1e-6)


def test_each_cut_is_tested_as_if_it_were_the_last_one(counts: Counts) -> None:
    """As long as only some parts of time have passed, the last of them is the newest cut."""
    told = by_cut(trained(framed(counts)))
    for cut in (2, 3):
        alone = by_cut(trained(framed(counts, 5 - cut)))
        for candidate in ("dirichlet", "rule:global", "rule:own"):
            assert alone[1, candidate] == told[cut, candidate] | {"cut": 1}


@pytest.mark.parametrize(("parts", "cuts"), [(4, 3), (3, 2), (2, 1), (1, 0)])
def test_a_short_history_has_as_many_cuts_as_it_has(counts: Counts, parts: int, cuts: int) -> None:
    found = trained(framed(counts, parts)).card["aspects"]["hour"]
    assert found.get("cuts", 0) == cuts
    assert found["method"].endswith(":untested") == (cuts == 0)


def test_the_metrics_are_means_and_the_card_tells_how_far_apart_the_cuts_lie(counts: Counts) -> None:
    found = trained(framed(counts))
    assert found.method == "channel none, hour dirichlet"
    told, figures = by_cut(found), found.metrics.set_index("metric")
    spread = {row["candidate"]: row for row in found.card["aspects"]["hour"]["backtest_spread"]}
    rule = min(
        ("rule:global", "rule:own"), key=lambda name: sum(told[n, name]["log_loss"] for n in (1, 2, 3))
    )
    for column, candidate in (("value", "dirichlet"), ("baseline_value", rule)):
        for metric in ("hit_rate", "log_loss", "ece"):
            of_cuts = [told[number, candidate][metric] for number in (1, 2, 3)]
            assert figures.loc[f"hour_{metric}", column] == pytest.approx(sum(of_cuts) / 3, abs=1e-5)
            assert spread[candidate][metric] == pytest.approx(max(of_cuts) - min(of_cuts), abs=1e-5)


def test_one_good_month_does_not_make_up_for_two_bad_ones() -> None:
    """In two of three test months nobody keeps to a habit; on the newest cut alone it would be published."""
    counts = town((0.8, 0.0, 0.0, 0.8))
    told = trained(framed(counts))
    newest = trained(framed(counts).assign(test_times_2=0, test_times_3=0))
    assert newest.method == "channel none, hour rule:own"
    assert told.method == "channel none, hour rule:global"
    assert "of rule:global" in told.reason


def test_the_curve_is_of_each_person_and_their_likeliest_hour(counts: Counts) -> None:
    """Tenths of the people of the newest cut, by what was foretold of them: counted anew one by one."""
    found = trained(framed(counts))
    (panel,) = [plot for plot in found.card["plots"] if plot["title"] == "hour: Calibration"]
    curve = {series["name"]: series["points"] for series in panel["series"]}["dirichlet"]
    prior = found.card["aspects"]["hour"]["prior_occasions"]
    own: dict[str, Counter[str]] = defaultdict(Counter)
    came: dict[str, Counter[str]] = defaultdict(Counter)
    for (person, hour), times in counts.items():
        own[person][hour] += sum(times[:3])
        came[person][hour] += times[3]
    everybody = sum(own.values(), Counter())
    pairs = []
    for person in sorted(own):
        if own[person].total() and came[person].total():
            shares = {
                hour: (own[person][hour] + prior * everybody[hour] / everybody.total())
                / (own[person].total() + prior)
                for hour in HOURS
            }
            best = max(shares, key=lambda hour: shares[hour])
            pairs.append((shares[best], came[person][best] / came[person].total()))
    pairs.sort(key=lambda pair: pair[0])
    tenths = np.array_split(np.array(pairs), 10)
    assert len(curve) == 10
    for point, tenth in zip(curve, tenths, strict=True):
        assert point[0] == pytest.approx(tenth[:, 0].mean(), abs=1e-4)
    assert np.mean([point[1] for point in curve]) == pytest.approx(
        np.mean([tenth[:, 1].mean() for tenth in tenths]), abs=1e-2
    )
    gap = sum(len(tenth) * abs(tenth[:, 0].mean() - tenth[:, 1].mean()) for tenth in tenths) / len(pairs)
    assert by_cut(found)[1, "dirichlet"]["ece"] == pytest.approx(gap, abs=0.01)


def test_one_who_is_always_on_time_is_foretold_so_and_one_choice_alone_is_certain() -> None:
    """Nobody ever did anything else: the chance is one, it came, and the error is none."""
    counts: Counts = {(f"{number:064x}", "9"): [2, 2, 1, 2] for number in range(60)}
    figures = trained(framed(counts)).metrics.set_index("metric")
    assert figures.loc["hour_ece"].tolist() == [0.0, 0.0]

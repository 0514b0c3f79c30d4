"""Funnels of random worlds through dbt and by trying every way an attempt may go."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, permutations
from statistics import mean, median
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.funnels import Funnel, FunnelRules
from tests.dbt.house import House

START = datetime(2026, 6, 1)
NAMES = ("look", "put", "buy")
PAGES = ("/a", "/b", None)
CHANNELS = ("web", "app", None)


@dataclass(frozen=True)
class Moment:
    """One event of a person."""

    event_id: str
    name: str
    seconds: int
    page: str | None
    channel: str | None

    @property
    def order(self) -> tuple[int, str]:
        return self.seconds, self.event_id


def serves(moment: Moment, step: dict[str, Any]) -> bool:
    """Whether an event can be a step; the conditions drawn below, read literally."""
    if moment.name not in step["event"]:
        return False
    page = step.get("where", {}).get("page")
    if page is None:
        return True
    if isinstance(page, str):
        return moment.page == page
    return moment.page not in page["not_in"]


def ways(moments: Sequence[Moment], funnel: dict[str, Any], window: int) -> Iterator[tuple[Moment, ...]]:
    """Every attempt: which events may be the first step, the second, and so on as far as it goes."""
    steps = funnel["steps"]
    for length in range(1, len(steps) + 1):
        for chosen in combinations(sorted(moments, key=lambda m: m.order), length):
            if chosen[-1].seconds - chosen[0].seconds > window:
                continue
            if funnel["order"] == "any":
                if any(
                    all(serves(m, s) for m, s in zip(chosen, own, strict=True))
                    for own in permutations(steps, length)
                ):
                    yield chosen
            elif all(serves(m, s) for m, s in zip(chosen, steps, strict=False)):
                places = [sorted(moments, key=lambda m: m.order).index(m) for m in chosen]
                if funnel["order"] == "ordered" or places == list(range(places[0], places[0] + length)):
                    yield chosen


def best(moments: Sequence[Moment], funnel: dict[str, Any], window: int) -> tuple[Moment, ...] | None:
    """The attempt that counts: the furthest, then the earliest begun, then the quickest at each step."""
    found = list(ways(moments, funnel, window))
    return min(found, key=lambda way: (-len(way), [m.order for m in way]), default=None)


def report(people: dict[str, list[Moment]], genders: dict[str, str | None], funnel: dict[str, Any]) -> list:
    """The rows of one funnel as the dictionary says them."""
    window = int(funnel["window"][:-1])
    attempts = {p: way for p, own in people.items() if (way := best(own, funnel, window))}
    groups: dict[tuple[str, str], list[tuple[Moment, ...]]] = {("all", "all"): list(attempts.values())}
    for person, way in attempts.items():
        for breakdown in funnel["breakdowns"]:
            value = genders[person] if breakdown == "user.gender" else way[0].channel
            groups.setdefault((breakdown, value or "unknown"), []).append(way)
    rows = []
    for (breakdown, value), own in groups.items():
        before: int | None = None
        for number in range(1, len(funnel["steps"]) + 1):
            times = [way[number - 1].seconds - way[0].seconds for way in own if len(way) >= number]
            rows.append(
                {
                    "funnel": funnel["name"],
                    "breakdown": breakdown,
                    "breakdown_value": value,
                    "step_number": number,
                    "people": len(times),
                    "conversion_from_first": len(times) / len(own) if own else None,
                    "conversion_from_previous": len(times) / before if before else None,
                    "median_seconds": median(times) if times else None,
                    "mean_seconds": mean(times) if times else None,
                }
            )
            before = len(times)
    return rows


steps = st.fixed_dictionaries(
    {"event": st.sampled_from([["look"], ["put"], ["buy"], ["look", "put"]])},
    optional={"where": st.sampled_from([{}, {"page": "/a"}, {"page": {"not_in": ["/a"]}}])},
)


@st.composite
def funnels(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some funnels of each kind, those the loader would refuse left out."""
    found = []
    for number in range(draw(st.integers(3, 8))):
        funnel = {
            "name": f"f{number}",
            "name_en": "f",
            "name_zh": "漏斗",
            "order": draw(st.sampled_from(["ordered", "strict", "any"])),
            "steps": draw(st.lists(steps, min_size=2, max_size=4)),
            "window": f"{draw(st.sampled_from([1, 5, 10, 30]))}s",
            "breakdowns": draw(st.sampled_from([[], ["user.gender"], ["event.channel", "user.gender"]])),
        }
        rules = FunnelRules(funnels=[Funnel.model_validate(funnel)])
        if not list(rules.faults()):
            found.append(funnel)
    return found


moments = st.tuples(
    st.sampled_from([*NAMES, "other"]),
    st.integers(0, 12),
    st.sampled_from(PAGES),
    st.sampled_from(CHANNELS),
)
worlds = st.lists(st.lists(moments, max_size=8), min_size=1, max_size=25)


@given(worlds, funnels(), st.randoms(use_true_random=False))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_funnels_are_the_best_of_all_attempts(house: House, world: list, drawn: list, chance: Any) -> None:
    people, genders = {}, {}
    for number, own in enumerate(world):
        person = f"p{number:02}"
        genders[person] = (None, "female", "male")[number % 3]
        names = list(range(len(own)))
        chance.shuffle(names)
        people[person] = [
            Moment(f"{person}-{place}", *parts) for place, parts in zip(names, own, strict=True)
        ]
    rows = [
        {
            "event_id": m.event_id,
            "user_key": person,
            "event_name": m.name,
            "occurred_at": START + timedelta(seconds=m.seconds),
            "page": m.page,
            "channel": m.channel,
        }
        for person, own in people.items()
        for m in own
    ]
    chance.shuffle(rows)
    house.fill(
        {
            "int_behaviour__events": pd.DataFrame(rows),
            "int_users__people": pd.DataFrame([{"person_id": p, "user_key": p} for p in people]),
        }
    )
    house.fill_users([{"user_key": person, "gender": gender} for person, gender in genders.items()])
    rendered = [Funnel.model_validate(funnel).rendered() for funnel in drawn]
    result = house.dbt(
        "build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious",
        "--select", "int_behaviour__funnel_steps", "fct_funnel_steps", "rpt_funnels", funnels=rendered,
    )  # fmt: skip
    assert result.success, [r.message for r in result.result.results]
    expected = pd.DataFrame([row for funnel in drawn for row in report(people, genders, funnel)])
    found = house.table("marts.rpt_funnels")
    if expected.empty:
        assert found.empty
        return
    keys = ["funnel", "breakdown", "breakdown_value", "step_number"]
    numbers = [column for column in expected.columns if column not in keys]
    kinds = dict.fromkeys(numbers, "float64") | dict.fromkeys(keys[:3], "object")
    found, expected = (
        frame[list(expected.columns)].astype(kinds).sort_values(keys).reset_index(drop=True)
        for frame in (found, expected)
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=0, atol=1.1e-3)


def test_a_robot_of_a_hundred_thousand_events_costs_no_more_than_as_many_people(house: House) -> None:
    """Every second it looks, and puts after every tenth look; the only purchase is its last event."""
    count = 100_000
    names = ["put" if n % 10 == 9 else "look" for n in range(count - 1)] + ["buy"]
    robot = pd.DataFrame(
        {
            "event_id": [f"{n:06}" for n in range(count)],
            "user_key": "robot",
            "event_name": names,
            "occurred_at": pd.date_range(START, periods=count, freq="s"),
        }
    )
    house.fill(
        {
            "int_behaviour__events": robot,
            "int_users__people": pd.DataFrame([{"person_id": "robot", "user_key": "robot"}]),
        }
    )
    funnel = {"name_en": "f", "name_zh": "f", "window": "1d"}
    funnel["steps"] = [{"event": name} for name in NAMES]
    rendered = [
        Funnel.model_validate(funnel | {"name": order, "order": order}).rendered()
        for order in ("ordered", "strict", "any")
    ]
    began = time.perf_counter()
    result = house.dbt("run", "--select", "int_behaviour__funnel_steps", funnels=rendered)
    assert result.success
    # Five billion pairs of events would take minutes.
    assert time.perf_counter() - began < 60
    found = house.table("intermediate.int_behaviour__funnel_steps").sort_values(["funnel", "step_number"])
    # The purchase is second 99,999; a day before it lies a put, and the first look after that is at 13,600.
    steps = found[["funnel", "step_number", "seconds_from_first"]].astype(object).to_numpy().tolist()
    assert [(str(funnel), int(number), float(seconds)) for funnel, number, seconds in steps] == [
        ("any", 1, 0),
        ("any", 2, 1),
        ("any", 3, 86_400),
        ("ordered", 1, 0),
        ("ordered", 2, 9),
        ("ordered", 3, 86_399),
        ("strict", 1, 0),
        ("strict", 2, 1),
    ]


@pytest.fixture(autouse=True, scope="module")
def _emptied(house: House) -> Iterator[None]:
    """Other tests find the tables as they left them: without rows."""
    yield
    none = pd.DataFrame()
    house.fill({"int_behaviour__events": none, "int_users__people": none, "public_db.marts.dim_users": none})

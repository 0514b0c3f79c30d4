"""The demo tenant's own rules, read as a night reads them, over a random world."""

from __future__ import annotations

import pandas as pd
import pytest

from orchestration import tenant
from orchestration.contract import PURPOSES
from tests.dbt.house import House
from tests.dbt.marts import world

CHANNEL_PURPOSES = {"email": "marketing_email", "sms": "marketing_sms", "push": "marketing_push"}


@pytest.fixture(scope="module")
def consents() -> dict[str, set[str]]:
    """What each person grants: every purpose but one, and every fifth person everything."""
    people = sorted(world.make(6).known)
    return {
        person: set(PURPOSES) - ({PURPOSES[number % len(PURPOSES)]} if number % 5 else set())
        for number, person in enumerate(people)
    }


@pytest.fixture(scope="module")
def actions(house: House, consents: dict[str, set[str]]) -> pd.DataFrame:
    """The actions of the world, with a churn score for everybody who may be profiled."""
    made = world.make(6)
    scored = [person for person, granted in consents.items() if "profiling" in granted]
    given = {
        "int_privacy__consents": pd.DataFrame(
            [
                {
                    "user_key": p,
                    "purpose": q,
                    "status": "granted" if q in granted else "withdrawn",
                    "is_default": False,
                }
                for p, granted in consents.items()
                for q in PURPOSES
            ]
        ),
        "predictions.fct_churn_scores": pd.DataFrame(
            [{"user_key": p, "churn_band": ["low", "medium", "high"][n % 3]} for n, p in enumerate(scored)]
        ),
    }
    house.fill(world.tables(made) | given)
    house.build(
        "intermediate/users/int_users__habits.sql",
        "intermediate/lifecycle/int_lifecycle__growth_counts.sql",
        "marts",
        "activation",
        actions=tenant.load("demo").actions,
    )
    found = house.table("activation.fct_next_actions")
    empty = pd.DataFrame()
    house.fill(dict.fromkeys(given, empty))
    return found


def test_a_tenants_rules_reach_people(actions: pd.DataFrame) -> None:
    assert len(actions) >= 10
    assert actions.action.nunique() >= 3


def test_nobody_is_addressed_without_consent(actions: pd.DataFrame, consents: dict[str, set[str]]) -> None:
    for row in actions.itertuples():
        assert {row.purpose, CHANNEL_PURPOSES.get(row.channel, row.purpose)} <= consents[row.user_key]


def test_who_may_not_be_profiled_gets_the_default_order(
    actions: pd.DataFrame, consents: dict[str, set[str]]
) -> None:
    barred = {p for p, granted in consents.items() if not {"profiling", "personalisation"} <= granted}
    default = actions[actions.user_key.isin(barred)]
    assert len(default) > 0
    assert set(default.value_basis) == {"mean of everyone"}
    assert not default.reason.str.contains("churn risk|value (?:high|medium|low|none)|segment").any()
    assert default.send_hour.nunique() == 1


def test_ranks_follow_the_expected_value(actions: pd.DataFrame) -> None:
    for _, own in actions.sort_values("rank").groupby("user_key"):
        assert list(own["rank"]) == list(range(1, len(own) + 1))
        assert own.expected_value.is_monotonic_decreasing

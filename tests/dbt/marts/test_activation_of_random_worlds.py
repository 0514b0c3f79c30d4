"""Random people under rules written in YAML, and who met them when, looked up action by action."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.activation import Activation
from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

FIRST = date(2026, 6, 1)
EIGHT_HOURS = timedelta(hours=8)  # Shanghai, the business zone


@dataclass(frozen=True)
class Did:
    """An event, or a purchase, which has no name of its own here."""

    person: str
    hours: int  # since the first midnight in Shanghai
    name: str | None
    channel: str | None
    value: int | None

    @property
    def at(self) -> datetime:
        return datetime.combine(FIRST, datetime.min.time()) - EIGHT_HOURS + timedelta(hours=self.hours)

    @property
    def day(self) -> date:
        return FIRST + timedelta(days=self.hours // 24)

    @property
    def is_core(self) -> bool:
        return self.name != "sent"


@dataclass(frozen=True)
class Needed:
    """So many actions of one kind on so many days."""

    counts: Callable[[Did], bool]
    times: int = 1
    on_days: int = 1


@dataclass(frozen=True)
class Rule:
    """A rule as a tenant writes it, and as it is meant."""

    text: str
    within: int
    needed: tuple[Needed, ...]
    orders_are_core: bool = True


RULES = {
    "nothing said": Rule("{}", 7, (Needed(lambda did: did.is_core),)),
    "orders are no core action": Rule(
        "{within_days: 2}",
        2,
        (Needed(lambda did: did.is_core and did.name is not None),),
        orders_are_core=False,
    ),
    "three core actions": Rule("{at_least: 3}", 7, (Needed(lambda did: did.is_core, 3),)),
    "two of some events": Rule(
        "{events: [save, share], at_least: 2, within_days: 3}",
        3,
        (Needed(lambda did: did.name in ("save", "share"), 2),),
    ),
    "a list of requirements": Rule(
        """
        within_days: 5
        all_of:
          - {event: look, times: 3, on_days: 2}
          - {event: [save, share], where: {channel: {in: [app, web]}, value: {at_least: 10}}}
        """,
        5,
        (
            Needed(lambda did: did.name == "look", 3, 2),
            Needed(
                lambda did: (
                    did.name in ("save", "share") and did.channel in ("app", "web") and (did.value or 0) >= 10
                )
            ),
        ),
    ),
}
deeds = st.builds(
    Did,
    st.sampled_from(["ann", "bo"]),
    # Midnights, and the last hour before them, come up often.
    st.one_of(
        st.integers(0, 10 * 24),
        st.builds(lambda day, hour: 24 * day + hour, st.integers(1, 9), st.sampled_from([-1, 0])),
    ),
    st.sampled_from(["look", "look", "save", "share", "sent", None]),
    st.sampled_from(["app", "shop", None]),
    st.sampled_from([None, 9, 10, 50]),
)
known = st.tuples(st.one_of(st.none(), st.integers(0, 72)), st.integers(0, 72))


@pytest.fixture(scope="module", params=list(RULES))
def activated(house: House, request: pytest.FixtureRequest) -> Iterator[tuple[Rule, Tables]]:
    rule = RULES[request.param]
    said = Activation.model_validate(yaml.safe_load(rule.text)).model_dump(mode="json")
    variables = {f"activation_{name}": value for name, value in said.items()}
    with compiled(
        house, "int_lifecycle__activations", orders_are_core=rule.orders_are_core, **variables
    ) as tables:
        yield rule, tables


def met_at(rule: Rule, deeds: list[Did], first: date) -> datetime | None:
    """When the last of the needs was met, by adding one action after the other."""
    done: list[Did] = []
    for did in sorted((d for d in deeds if 0 <= (d.day - first).days <= rule.within), key=lambda d: d.at):
        done.append(did)
        if all(
            len(own := [d for d in done if need.counts(d)]) >= need.times
            and len({d.day for d in own}) >= need.on_days
            for need in rule.needed
        ):
            return did.at
    return None


@settings(max_examples=40, deadline=None)
@given(did=st.lists(deeds, max_size=16), ann=known, bo=known)
def test_whoever_met_the_rule_in_time_is_activated_at_that_action(
    activated: tuple[Rule, Tables],
    did: list[Did],
    ann: tuple[int | None, int],
    bo: tuple[int | None, int],
) -> None:
    rule, tables = activated
    midnight = datetime.combine(FIRST, datetime.min.time()) - EIGHT_HOURS
    people = [
        {
            "user_key": person,
            "registered_at": pd.NaT if registered is None else midnight + timedelta(hours=registered),
            "first_seen_at": midnight + timedelta(hours=seen),
        }
        for person, (registered, seen) in (("ann", ann), ("bo", bo))
    ]
    events = pd.DataFrame(
        [
            {
                "event_id": f"e{n}",
                "user_key": d.person,
                "event_name": d.name,
                "occurred_at": d.at,
                "event_day": d.day,
                "is_core": d.is_core,
                "channel": d.channel,
                "value": d.value,
            }
            for n, d in enumerate(did)
            if d.name
        ]
    )
    orders = pd.DataFrame(
        [
            {
                "order_id": f"o{n}",
                "user_key": d.person,
                "ordered_at": d.at,
                "order_day": d.day,
                "is_purchase": True,
            }
            for n, d in enumerate(did)
            if not d.name
        ]
    )
    tables.run(
        {
            "intermediate.int_users__people": pd.DataFrame(people),
            "intermediate.int_behaviour__events": events,
            "intermediate.int_value__orders": orders,
        }
    )
    table = tables.table("intermediate.int_lifecycle__activations")
    found = {row.user_key: row.activated_at.to_pydatetime() for row in table.itertuples()}
    expected = {}
    for person, hours in (("ann", ann), ("bo", bo)):
        first = FIRST + timedelta(days=min(h for h in hours if h is not None) // 24)
        if at := met_at(rule, [d for d in did if d.person == person], first):
            expected[person] = at
    assert found == expected

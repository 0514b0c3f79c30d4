"""Random worlds through dbt and through sets of people: the same retention, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.dbt.house import House
from tests.dbt.marts import oracle, oracle_behaviour, world
from tests.dbt.marts.test_marts_against_oracle import assert_same

COUNTED = [
    f"intermediate/lifecycle/int_lifecycle__{name}.sql"
    for name in ("returns", "cohorts", "retention_counts", "growth_counts")
]
REPORTED = [
    f"marts/behaviour/rpt_{name}.sql"
    for name in ("retention", "retention_curves", "growth_accounting", "active_days")
]
CELL = ["cohort_basis", "granularity", "cohort_start", "period_number", "kind"]


@dataclass(frozen=True)
class Drawn:
    """A world some hypothesis drew, and the day it ends."""

    seed: int
    people: int
    days: int


worlds = st.builds(Drawn, st.integers(0, 2**32), st.integers(1, 40), st.integers(10, 430))
# A seed does not shrink to anything simpler, and every try is a build.
few = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def built(house: House, drawn: Drawn) -> world.World:
    made = world.make(drawn.seed, drawn.people, drawn.days)
    house.fill(world.tables(made))
    result = house.dbt("run", "--select", *(f"path:models/{model}" for model in (*COUNTED, *REPORTED)))
    assert result.success, [r.message for r in result.result.results if r.status == "error"]
    return made


@few
@given(drawn=worlds)
def test_every_cell_of_retention_counts_people_one_by_one(house: House, drawn: Drawn) -> None:
    made = built(house, drawn)
    found = house.table("marts.rpt_retention")
    expected = oracle_behaviour.retention(made, world.LAST)
    assert_same(found, expected, CELL)
    assert_same(
        house.table("marts.rpt_retention_curves"),
        oracle_behaviour.curves(expected),
        ["cohort_basis", "granularity", "kind", "period_number"],
    )
    if any(made.active_days().values()):
        days = house.table("marts.rpt_active_days")
        found = {(row.month_start.isoformat()[:7], row.active_days): row.people for row in days.itertuples()}
        assert found == oracle_behaviour.active_days(made)
        assert_same(
            house.table("marts.rpt_growth_accounting"),
            oracle.growth(made, world.LAST),
            ["granularity", "period_start"],
        )


def test_a_world_has_all_twenty_seven_kinds_of_cell(house: House) -> None:
    built(house, Drawn(seed=1, people=30, days=430))
    found = house.table("marts.rpt_retention")
    assert len(found[["cohort_basis", "granularity", "kind"]].drop_duplicates()) == 27

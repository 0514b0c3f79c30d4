"""The hand-worked rows beside each model, run through dbt, and the project on no rows at all."""

from __future__ import annotations

from tests.dbt.house import House
from tests.dbt.marts import world


def test_hand_worked_rows_come_out_as_worked(house: House) -> None:
    layers = ("marts", "features", "activation")
    result = house.dbt("test", "--select", *(f"test_type:unit,path:models/{layer}" for layer in layers))
    failed = {r.node.name: r.message for r in result.result.results if r.status != "pass"}
    assert failed == {}
    assert len(result.result.results) >= 17


def test_every_table_builds_on_no_rows_at_all(house: House) -> None:
    house.fill(world.tables(world.World()))
    house.build("intermediate/lifecycle/int_lifecycle__growth_counts.sql", "marts", "features", "activation")
    assert house.table("marts.dim_users").empty
    assert house.table("activation.fct_next_actions").empty

"""The hand-worked rows beside each model, run through dbt."""

from __future__ import annotations

from tests.dbt.marts.conftest import House


def test_hand_worked_rows_come_out_as_worked(house: House) -> None:
    result = house.dbt(
        "test", "--select", "test_type:unit,path:models/marts", "test_type:unit,path:models/features",
        "test_type:unit,path:models/activation",
    )  # fmt: skip
    failed = {r.node.name: r.message for r in result.result.results if r.status != "pass"}
    assert failed == {}
    assert len(result.result.results) >= 16


def test_every_table_builds_on_no_rows_at_all(house: House) -> None:
    house.build("marts", "features", "activation")
    assert house.table("marts.dim_users").empty

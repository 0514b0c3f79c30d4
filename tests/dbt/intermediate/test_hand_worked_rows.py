"""The hand-worked rows beside each staging and intermediate model, run through dbt."""

from __future__ import annotations

from tests.dbt.intermediate.conftest import Source


def test_hand_worked_rows_come_out_as_worked(source: Source) -> None:
    source.build({})
    layers = [f"test_type:unit,path:models/{layer}" for layer in ("staging", "intermediate")]
    result = source.house.dbt("test", "--select", *layers)
    failed = {r.node.name: r.message for r in result.result.results if r.status != "pass"}
    assert failed == {}
    assert len(result.result.results) >= 36

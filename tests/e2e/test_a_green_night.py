"""A green night built every asset and evaluated every gate."""

from __future__ import annotations

import dagster as dg

from orchestration import publishing, warehouse
from orchestration.definitions import defs
from tests.e2e.conftest import House

Built = tuple[House, dg.ExecuteInProcessResult]


def test_every_asset_is_materialised(built: Built) -> None:
    _, result = built
    assert result.success
    graph = defs.get_repository_def().asset_graph
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    assert made == graph.get_all_asset_keys()


def test_every_check_is_evaluated_and_holds(built: Built) -> None:
    _, result = built
    graph = defs.get_repository_def().asset_graph
    evaluated = {e.asset_check_key: e for e in result.get_asset_check_evaluations()}
    assert evaluated.keys() == graph.asset_check_keys
    broken = [
        key.to_user_string()
        for key, found in evaluated.items()
        if not found.passed and found.severity is dg.AssetCheckSeverity.ERROR
    ]
    assert broken == []


def test_every_published_table_is_gated(built: Built) -> None:
    house, result = built
    gated = {
        e.asset_key.path[-1]
        for e in result.get_asset_check_evaluations()
        if e.asset_key.path[0] == "published"
    }
    with warehouse.open_file(publishing.current(house.data), read_only=True) as connection:
        assert gated == set(publishing.tables_in(connection))


def test_same_input_and_day_give_the_same_tables(built: Built) -> None:
    house, _ = built
    before = publishing.checksums(publishing.current(house.data))
    assert house.build().success
    assert publishing.checksums(publishing.current(house.data)) == before

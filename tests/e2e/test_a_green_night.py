"""A green night built every asset and evaluated every gate."""

from __future__ import annotations

from dataclasses import replace

import dagster as dg
import pytest

from ml import registry
from orchestration import publishing, served, warehouse
from tests.e2e.house import Built, House


def test_every_asset_is_materialised(built: Built) -> None:
    assert built.result.success
    made = {event.asset_key for event in built.result.get_asset_materialization_events()}
    assert made == built.graph.get_all_asset_keys()


def test_every_check_is_evaluated_and_holds(built: Built) -> None:
    evaluated = {e.asset_check_key: e for e in built.result.get_asset_check_evaluations()}
    assert evaluated.keys() == built.graph.asset_check_keys
    broken = [
        key.to_user_string()
        for key, found in evaluated.items()
        if not found.passed and found.severity is dg.AssetCheckSeverity.ERROR
    ]
    assert broken == []


def test_every_published_table_is_gated(built: Built) -> None:
    gated = {
        e.asset_key.path[-1]
        for e in built.result.get_asset_check_evaluations()
        if e.asset_key.path[0] == "published"
    }
    with warehouse.open_file(served.current(built.house.data), read_only=True) as connection:
        assert gated == set(publishing.tables_in(connection))


def test_any_duckdb_of_the_first_version_opens_what_is_published(built: Built) -> None:
    with warehouse.open_file(served.current(built.house.data), read_only=True) as connection:
        stored = "select tags['storage_version'] from duckdb_databases() where not internal"
        assert connection.execute(stored).fetchall() == [("v1.0.0+",)]


def test_built_again_from_nothing_the_tables_are_the_same(copy_of: House) -> None:
    before = publishing.checksums(served.current(copy_of.data))
    result = replace(copy_of, rebuild=True).build()
    assert result.success
    assert publishing.checksums(served.current(copy_of.data)) == before


def test_a_night_with_nothing_new_evaluates_every_gate_and_changes_nothing(
    built: Built, copy_of: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("opened a model to score the same people on the same day again")

    monkeypatch.setattr(registry, "load", never)
    before = publishing.checksums(served.current(copy_of.data))
    result = copy_of.build()
    assert result.success
    evaluated = {e.asset_check_key for e in result.get_asset_check_evaluations()}
    assert evaluated == built.graph.asset_check_keys
    assert publishing.checksums(served.current(copy_of.data)) == before

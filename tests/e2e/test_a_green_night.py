"""A green night built every asset and evaluated every gate."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import dagster as dg
import pytest

from ml import registry
from orchestration import environment, publishing, served, warehouse
from tests.e2e.house import LAST, Built, House


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


def test_a_published_table_shows_its_columns_and_a_feed_what_it_says_of_itself(built: Built) -> None:
    shown = {
        event.asset_key.path[-1]: [
            (column.name, column.type)
            for column in event.materialization.metadata["dagster/column_schema"].value.columns
        ]
        for event in built.result.get_asset_materialization_events()
        if event.asset_key and event.asset_key.path[0] == "published"
    }
    with warehouse.open_file(served.current(built.house.data), read_only=True) as connection:
        there = {
            table: [row[:2] for row in connection.execute(f"describe marts.{table}").fetchall()]
            for table in publishing.tables_in(connection)
        }
    assert shown == there
    feed = built.graph.get(dg.AssetKey(["feeds", "care_feedback"])).description
    assert feed.startswith("Reviews, ratings, surveys, complaints,")
    assert feed.endswith("loaded into feedback.")


def test_nights_are_launched_backfilled_and_rolled_back_by_make(copy_of: House) -> None:
    variables = {k: v for k, v in os.environ.items() if not k.startswith(environment.PREFIX)}

    def make(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "-s", *words],
            cwd=environment.PROJECT_ROOT,
            env=variables | copy_of.variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def serving() -> str:
        found = publishing.serving(copy_of.data)
        return found.name if found else ""

    first = serving()
    launched = make("dg", f"DO=launch --job nightly --partition {LAST}")
    assert launched.returncode == 0, launched.stdout + launched.stderr
    assert serving() == (second := f"generation_{LAST}_2")
    backfilled = make("backfill", f"FROM={LAST}", f"TO={LAST}")
    assert backfilled.returncode == 0, backfilled.stdout + backfilled.stderr
    assert serving() == (third := f"generation_{LAST}_3")
    assert f"Published {third} (" in backfilled.stdout
    back = make("rollback")
    assert back.stdout.splitlines() == [f"serving {second}", f"    {first}", f"  * {second}", f"    {third}"]
    assert serving() == second
    named = make("rollback", f"TO={first}")
    assert named.returncode == 0
    assert serving() == first
    gone = make("rollback")
    assert gone.returncode == 2
    assert "no generation before the one served" in gone.stderr

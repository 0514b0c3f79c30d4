"""What Dagster is told: who owns what, what blocks what, and when it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator

import dagster as dg
import pytest

from data_quality import validate
from orchestration import calendar, dbt_manifest, environment, gates, layers, night, publishing
from orchestration.ingestion.feed import load_feeds

DEMO = environment.PROJECT_ROOT / "tenants" / "demo"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.RepositoryDefinition]:
    """The code location of the demo tenant, loaded once."""
    before = dict(os.environ)
    environment.write("tenant", DEMO)
    environment.write("data", tmp_path_factory.mktemp("state"))
    environment.write("pseudonym_key", "a key for tests")
    night.current_tenant.cache_clear()
    # Loaded here and not imported: another test's code location may be another tenant's.
    found = dg.load_from_defs_folder(path_within_project=environment.PROJECT_ROOT / "orchestration")
    yield found.get_repository_def()
    os.environ.clear()
    os.environ.update(before)
    night.current_tenant.cache_clear()


@pytest.fixture(scope="module")
def specs(repository: dg.RepositoryDefinition) -> dict[str, dg.AssetSpec]:
    """Every asset, by its key as text."""
    return {
        spec.key.to_user_string(): spec
        for definition in repository.assets_defs_by_key.values()
        for spec in definition.specs
    }


def _steps(repository: dg.RepositoryDefinition) -> dict[str, dg.OpDefinition]:
    definitions = [
        *repository.assets_defs_by_key.values(),
        *repository.asset_checks_defs_by_key.values(),
    ]
    return {d.op.name: d.op for d in definitions if isinstance(d, dg.AssetsDefinition) and d.is_executable}


def test_every_feed_is_an_asset_above_the_entities_it_fills(specs: dict[str, dg.AssetSpec]) -> None:
    feeds = load_feeds(DEMO / "feeds")
    assert {key.split("/")[1] for key in specs if key.startswith("feeds/")} == {f.name for f in feeds}
    for feed in feeds:
        for entity in feed.entities:
            above = {dep.asset_key.to_user_string() for dep in specs[f"raw/{entity}"].deps}
            assert f"feeds/{feed.name}" in above


def test_every_asset_has_an_owner_a_meaning_a_group_and_a_kind(specs: dict[str, dg.AssetSpec]) -> None:
    bare = {
        key
        for key, spec in specs.items()
        if not (spec.owners and spec.description and spec.group_name and spec.kinds)
    }
    assert not bare


def test_data_moves_left_to_right_and_never_back(specs: dict[str, dg.AssetSpec]) -> None:
    order = ("feeds", *layers.NAMES)
    rank = {name: number for number, name in enumerate(order)} | {"models": order.index("predictions")}
    back = {
        (dep.asset_key.to_user_string(), key)
        for key, spec in specs.items()
        for dep in spec.deps
        if rank[dep.asset_key.path[0]] > rank[spec.key.path[0]]
    }
    assert not back


def test_every_table_has_a_gate_that_blocks(
    repository: dg.RepositoryDefinition, specs: dict[str, dg.AssetSpec]
) -> None:
    found = {
        spec.asset_key.to_user_string(): spec
        for definition in (
            *repository.assets_defs_by_key.values(),
            *repository.asset_checks_defs_by_key.values(),
        )
        for spec in definition.check_specs
        if spec.name == "gate"
    }
    assert set(found) == {"/".join(key) for key in validate.suite_keys()}
    assert set(found) == {key for key in specs if not key.startswith("feeds/")}
    # The published file's gate stands inside the step that renames it, before the rename.
    assert {key for key, spec in found.items() if not spec.blocking} == {
        key for key in found if key.startswith("published/")
    }


def test_every_public_table_is_published(specs: dict[str, dg.AssetSpec]) -> None:
    # Rows are public through the view that shows them with their as-of day.
    marts = {key.split("/")[1] for key in specs if key.startswith("marts/") and not key.endswith("_rows")}
    beside = {table for tables in layers.PUBLIC_BESIDE_MARTS.values() for table in tables}
    published = {key.split("/")[1] for key in specs if key.startswith("published/")}
    assert published == marts | beside | set(publishing.MADE_HERE)


def test_one_writer_at_a_time(repository: dg.RepositoryDefinition) -> None:
    loose = {name for name, op in _steps(repository).items() if op.pool != calendar.POOL}
    assert all(name.startswith("feeds__") for name in loose), "only feeds write without the warehouse"


def test_the_nightly_runs_in_one_process_and_leaves_nothing_out(
    repository: dg.RepositoryDefinition, specs: dict[str, dg.AssetSpec]
) -> None:
    job = repository.get_job("nightly")
    assert job.executor_def is dg.in_process_executor
    selected = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    assert {key for key in specs if key.split("/")[0] in ("feeds", *layers.NAMES)} <= selected
    assert {spec.name for spec in job.asset_layer.asset_graph.asset_check_keys} >= {"gate"}


def test_the_night_is_scheduled_in_the_business_zone(repository: dg.RepositoryDefinition) -> None:
    settings = night.current_tenant().settings
    (schedule,) = repository.schedule_defs
    hour, minute = settings.nightly_at.split(":")
    assert schedule.cron_schedule == f"{int(minute)} {int(hour)} * * *"
    assert schedule.execution_timezone == settings.business_time_zone
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


def test_failures_are_told_and_dead_runs_ended_by_default(repository: dg.RepositoryDefinition) -> None:
    running = {s.name for s in repository.sensor_defs if s.default_status is dg.DefaultSensorStatus.RUNNING}
    assert running == {"alert_on_failure", "alert_on_recovery", "dead_runs"}


def test_retries_are_bounded(repository: dg.RepositoryDefinition) -> None:
    policies = {name: op.retry_policy for name, op in _steps(repository).items() if op.retry_policy}
    assert policies
    assert all(policy.max_retries <= 3 and (policy.delay or 0) > 0 for policy in policies.values())


def test_every_dbt_test_is_a_check_of_the_table_it_speaks_of(repository: dg.RepositoryDefinition) -> None:
    # A test of several tables names its table in config.meta.dagster.ref; without it, it is no check.
    manifest = dbt_manifest.as_json(night.of(None))
    tests = [node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    checks = [key.name for key in repository.asset_graph.asset_check_keys if key.name != gates.CHECK_NAME]
    assert len(tests) > 100
    assert sorted(checks) == sorted(tests)

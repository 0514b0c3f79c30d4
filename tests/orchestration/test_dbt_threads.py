"""Who has the two cores: dbt's own threads on a night that adds, DuckDB's on one that builds whole."""

from __future__ import annotations

import argparse

import pytest
from dbt.config.runtime import load_profile
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context

from orchestration import environment

PROJECT = str(environment.PROJECT_ROOT / "dbt_project")


@pytest.mark.parametrize(
    ("variables", "dbt_threads", "duckdb_threads"),
    [({}, 1, 2), ({"history_until": ""}, 1, 2), ({"history_until": "2026-06-29 16:00:00"}, 2, 1)],
)
def test_what_adds_runs_small_statements_side_by_side(
    variables: dict[str, str], dbt_threads: int, duckdb_threads: int
) -> None:
    set_invocation_context({"USEROPS_WAREHOUSE": "warehouse.duckdb", "USEROPS_MARTS": "marts.duckdb"})
    set_from_args(argparse.Namespace(PROFILES_DIR=PROJECT), None)
    found = load_profile(PROJECT, variables)
    assert found.threads == dbt_threads
    assert found.credentials.to_dict()["config_options"]["threads"] == duckdb_threads

"""Dagster's own command line works from the project's root, and the workspace loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import environment

ROOT = environment.PROJECT_ROOT
BIN = Path(sys.executable).parent


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command as a person would whose environment says nothing, in a home of the test's own."""
    (tmp_path / "home").mkdir()

    def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        bare = {
            "HOME": str(tmp_path / "home"),
            "PATH": os.environ["PATH"],
            "USEROPS_PSEUDONYM_KEY": "for tests",
        }
        return subprocess.run(
            command,
            cwd=ROOT,
            env=bare | {"USEROPS_DATA": str(tmp_path / "data")} | variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def test_dg_checks_and_lists_the_definitions_and_tells_nobody(run: Run, tmp_path: Path) -> None:
    checked = run("make", "-s", "dg", "DO=check defs")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "telemetry" not in checked.stderr.lower(), "it is off, so nothing is said of it"
    listed = run("make", "-s", "dg", "DO=list defs --json")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    found = json.loads(listed.stdout)
    keys = {asset["asset_key"] for asset in found["assets"]}
    assert {"feeds/app_events", "raw/orders", "marts/fct_orders", "published/dim_users"} <= keys
    assert [job["name"] for job in found["jobs"]] == ["nightly"]
    assert [schedule["name"] for schedule in found["schedules"]] == ["every_night"]
    assert [path for path in (tmp_path / "home").rglob("*") if "telemetry" in path.name.lower()] == []
    assert list((tmp_path / "home").iterdir()) == [], "all state is in DATA"


def test_a_command_dg_does_not_know_is_its_own_error(run: Run) -> None:
    asked = run("make", "-s", "dg", "DO=lst defs")
    assert asked.returncode != 0
    assert "No such command" in asked.stderr


def test_the_workspace_loads(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    home.mkdir()
    variables = environment.QUIET | {"DAGSTER_HOME": str(home)}
    listed = run(str(BIN / "dagster"), "schedule", "list", "-w", "workspace.yaml", **variables)
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert "every_night" in listed.stdout

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
    """Run a command of the environment as a person with its bin folder on PATH would."""

    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        variables = {k: v for k, v in os.environ.items() if not k.startswith(environment.PREFIX)}
        variables |= environment.QUIET | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "USEROPS_DATA": str(tmp_path / "data"),
            "USEROPS_PSEUDONYM_KEY": "a key for tests",
            "DAGSTER_HOME": str(tmp_path),
        }
        return subprocess.run(
            command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300, check=False
        )

    return run


def test_dg_checks_and_lists_the_definitions(run: Run) -> None:
    checked = run("dg", "check", "defs")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "telemetry" not in checked.stderr.lower(), "it is off, so nothing is said of it"
    listed = run("dg", "list", "defs", "--json")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    found = json.loads(listed.stdout)
    keys = {asset["asset_key"] for asset in found["assets"]}
    assert {"feeds/app_events", "raw/orders", "marts/fct_orders", "published/dim_users"} <= keys
    assert [job["name"] for job in found["jobs"]] == ["nightly"]
    assert [schedule["name"] for schedule in found["schedules"]] == ["every_night"]


def test_the_workspace_loads(run: Run) -> None:
    listed = run(str(BIN / "dagster"), "schedule", "list", "-w", "workspace.yaml")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert "every_night" in listed.stdout

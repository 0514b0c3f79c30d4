"""A night that is killed leaves readers a whole file, and the next one ends as if nothing had been."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration import environment
from tests.e2e.house import LAST, House
from tests.orchestration.hook import Hook, served


def _assert_harmless(module: str, *arguments: object, **settings: str) -> None:
    # A process of its own, since its children are forked from it: nothing in it may have trained.
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=environment.PROJECT_ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith(environment.PREFIX)} | settings,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def test_a_night_killed_at_any_moment_is_taken_up_by_the_next_with_nobodys_help(copy_of: House) -> None:
    hook = Hook()
    with served(hook):
        settings = {f"{environment.PREFIX}WEBHOOK_URL": hook.url}
        _assert_harmless(
            "tests.faults.kills", copy_of.data, copy_of.landing, LAST, "ingestion", "marts", **settings
        )
    # The dead say nothing: the next start tells of them, if a run had begun, and the last that all is well.
    *dead, well = [told["subject"] for told in hook.told]
    assert set(dead) == {"Demo: 1 unfinished run of an earlier process"}
    assert well.endswith("recovered")


def test_a_night_killed_while_it_adds_to_history_ends_as_if_it_had_not_been(
    copy_of: House, tmp_path: Path
) -> None:
    landing = shutil.copytree(copy_of.landing, tmp_path / "landing")
    _assert_harmless("tests.faults.adding", copy_of.data, landing, 1)

"""A night that is killed leaves readers a whole file, and the next one ends as if nothing had been."""

from __future__ import annotations

import os
import subprocess
import sys

from orchestration import environment
from tests.e2e.house import LAST, House


def test_a_night_killed_at_any_moment_is_taken_up_by_the_next_with_nobodys_help(copy_of: House) -> None:
    # A process of its own, since its children are forked from it: nothing in it may have trained.
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.faults.kills",
            str(copy_of.data),
            str(copy_of.landing),
            str(LAST),
            "ingestion",
            "marts",
        ],
        cwd=environment.PROJECT_ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith(environment.PREFIX)},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]

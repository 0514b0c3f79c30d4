"""Nights in processes of their own, forked from one that has read the definitions, and their deaths.

The parent never opens a database nor trains, so a child starts from a clean process without the ten
seconds that imports and definitions take.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.e2e.house import House

PATIENCE = 600.0


@dataclass
class Victim:
    """A child at work, and what it has said so far."""

    process: int
    said: Path
    code: int | None = None

    def says(self) -> str:
        return self.said.read_text(encoding="utf-8", errors="replace")

    def has_ended(self) -> bool:
        if self.code is None:
            found, status = os.waitpid(self.process, os.WNOHANG)
            if found:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def wait_for(self, mark: str) -> None:
        """Until it has said something, or ended."""
        deadline = time.monotonic() + PATIENCE
        while mark and mark not in self.says() and not self.has_ended() and time.monotonic() < deadline:
            time.sleep(0.02)

    def kill(self, number: int = signal.SIGKILL) -> bool:
        """End it, as the kernel does when memory runs out unless said; whether it was still at work."""
        if self.has_ended():
            return False
        os.kill(self.process, number)
        _, status = os.waitpid(self.process, 0)
        self.code = os.waitstatus_to_exitcode(status)
        return True

    def wait(self, patience: float = PATIENCE) -> int:
        """Its exit code; a child that outlives all patience is killed."""
        deadline = time.monotonic() + patience
        while not self.has_ended():
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(0.05)
        assert self.code is not None
        return self.code


def fork(work: Callable[[], int], said: Path) -> Victim:
    """Let a child do some work; all it says goes to a file."""
    said.write_bytes(b"")
    process = os.fork()
    if process:
        return Victim(process, said)
    code = 70
    try:
        out = os.open(said, os.O_WRONLY | os.O_APPEND)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ask(work: Callable[[], Any]) -> Any:
    """What a child finds, as JSON: the parent that is forked from opens no database itself."""
    with tempfile.NamedTemporaryFile(suffix=".json") as answer:

        def told() -> int:
            Path(answer.name).write_text(json.dumps(work()), encoding="utf-8")
            return 0

        with tempfile.NamedTemporaryFile() as said:
            child = fork(told, Path(said.name))
            if child.wait():
                raise RuntimeError(child.says())
        return json.loads(Path(answer.name).read_text(encoding="utf-8"))


def warm(house: House) -> None:
    """Read everything a night needs before its first step, once for all children."""
    from orchestration import dbt_manifest, home, night, nightly

    now = night.of(None)
    home.claim(now.tenant, now.data)
    home.dagster_home(now.data)
    import_module("dbt.cli.main")
    dbt_manifest.parse(now)
    nightly.code_location(now.tenant.folder).resolve_job_def("nightly")


def night_of(day: str, said: Path, first: Callable[[], object] = lambda: None) -> Victim:
    """A night, as the command runs it, after something was done to its process."""

    def work() -> int:
        from orchestration import environment, night, nightly

        environment.write("as_of", day)
        first()
        return nightly.explained(lambda: nightly.run(night.of(None)))

    return fork(work, said)

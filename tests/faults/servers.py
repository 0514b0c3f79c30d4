"""Kills of what `make ui` runs, the daemon or the web server, while a night waits or goes on there.

Whichever is killed, all of them end, the night with them. The next start must end the dead run, take
up the one that waited, and lose or double neither.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestration import environment
from tests.faults import state, victim
from tests.faults.kills import Night
from tests.faults.row import Harm, Try

PATIENCE = 600.0
# What each server is called among the processes, and what a night's journal has come to when it dies.
SERVERS = {"daemon": "dagster._daemon", "web server": "dagster_webserver"}
MOMENTS = ("waiting", "build_staging", "build_marts")
Moment = Literal["waiting", "build_staging", "build_marts"]
_REPOSITORY = 'repositoryName: "__repository__", repositoryLocationName: "userops"'


@dataclass
class Server:
    """`make ui` on a port of its own."""

    process: subprocess.Popen[bytes]
    address: str

    def ask(self, query: str) -> Any:
        """The answer of its API."""
        request = urllib.request.Request(
            f"{self.address}/graphql",
            data=json.dumps({"query": query}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["data"]

    def launch(self, day: str) -> str:
        """Put the night of a day into the queue, as the button does; the run's number."""
        answer = self.ask(
            f'mutation {{ launchRun(executionParams: {{selector: {{{_REPOSITORY}, jobName: "nightly"}},'
            f' executionMetadata: {{tags: [{{key: "dagster/partition", value: "{day}"}}]}}}})'
            " { __typename ... on LaunchRunSuccess { run { runId } } } }"
        )["launchRun"]
        return str(answer["run"]["runId"])

    def runs(self) -> dict[str, str]:
        """The status of every run."""
        found = self.ask("{ runsOrError { ... on Runs { results { runId status } } } }")
        return {run["runId"]: run["status"] for run in found["runsOrError"]["results"]}

    def kill(self, name: str) -> None:
        """End one of its processes as the kernel does, and wait until all of them are gone."""
        family = _family(self.process.pid)
        (doomed,) = [process for process, command in family.items() if f"-m\0{SERVERS[name]}" in command]
        os.kill(doomed, signal.SIGKILL)
        self.process.wait(PATIENCE)
        _wait(lambda: not any(Path(f"/proc/{process}").exists() for process in family))


@contextlib.contextmanager
def opened(said: Path) -> Iterator[Server]:
    """The UI of the folder that the environment names, until it answers; stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.ui", "--port", str(port)],
            cwd=environment.PROJECT_ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        _wait(lambda: process.poll() is not None or _answers(server))
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def tries(night: Night) -> Iterator[Try]:
    """Each server killed at each moment; the next start must come to what an undisturbed night did."""
    for number, moment in enumerate(MOMENTS):
        for name in SERVERS if number else ("daemon",):
            night.restore()
            yield from attack(night, name, moment)


def attack(night: Night, name: str, moment: str) -> Iterator[Try]:
    """Launch a night in the UI, kill a server, start again, and let the night happen."""
    said = night.before.with_name("said")
    earlier, known = state.served(night.house.data), _runs_kept()
    harm: set[Harm] = set()
    with opened(said) as server:
        run = server.launch(night.day)
        if moment != "waiting":
            journal = night.house.data / "logs" / f"{run}.ndjson"
            _wait(lambda: journal.exists() and f'"{moment}"' in journal.read_text(encoding="utf-8"))
        server.kill(name)
    if state.served(night.house.data) not in (earlier, night.after.tables):
        harm.add("torn")
    with opened(said) as server:
        status = server.runs()[run]
        if moment == "waiting" or status == "SUCCESS":
            expected = {run}
        else:
            if status != "FAILURE":
                harm.add("stuck")
            # Its slot is free again: the next night is not kept in the queue.
            expected = {run, run := server.launch(night.day)}
        _wait(lambda: server.runs()[run] in ("SUCCESS", "FAILURE", "CANCELED"))
        runs = server.runs()
    if runs[run] != "SUCCESS":
        harm.add("stuck")
    if set(runs) - known - expected:
        harm.add("duplicated")
    harm |= state.of(night.house.data).harm_against(night.after)
    yield f"{name} killed, night at {moment}: {status}, then {runs[run]}", frozenset(harm)


def _runs_kept() -> set[str]:
    from orchestration import home

    def numbers() -> list[str]:
        with home.instance() as instance:
            return [run.run_id for run in instance.get_runs()]

    return set(victim.ask(numbers))


def _answers(server: Server) -> bool:
    try:
        return bool(server.runs() is not None)
    except OSError:
        return False


def _wait(is_so: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("nothing came of it")
        time.sleep(0.3)


def _family(ancestor: int) -> dict[int, str]:
    """The processes that descend from one, and their command lines."""
    parents, commands = {}, {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            number = int(place.name)
            parents[number] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            commands[number] = (place / "cmdline").read_text()
    found = {ancestor}
    while more := {number for number, parent in parents.items() if parent in found} - found:
        found |= more
    return {number: commands.get(number, "") for number in found}

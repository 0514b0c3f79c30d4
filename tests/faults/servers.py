"""Kills of what `make ui` runs: the daemon, the web server, or the process of the night itself.

With one of the servers all of them end, the night with them, and the next start must end the dead run or
take up the one that waited. A night alone that dies is told by the daemon. Neither loses or doubles
anything, and the night that is let live after a few kills comes to what an undisturbed one does.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import environment
from tests.faults import state, victim
from tests.faults.kills import Night
from tests.faults.row import Harm, Try

PATIENCE = 600.0
# What each server is called among the processes.
SERVERS = {"daemon": "dagster._daemon", "web server": "dagster_webserver"}
WORKER = "run worker"
VICTIMS = (*SERVERS, WORKER)
EACH, IN_A_ROW = 20, 5
# What a night's journal has come to when a server dies; before all of them it waits in the queue.
WAITING = "waiting"
MOMENTS = (
    "register_raw",
    "build_staging",
    "gate_staging",
    "build_intermediate",
    "build_marts",
    "gate_marts",
    "build_features",
    "train_models",
    "score_models",
    "build_activation",
    "publish",
)
# A step is told in the journal as it ends: the kill falls within what follows it.
LATER_SECONDS = 2.0
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
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
        """End one of its processes as the kernel does; with a server, wait until all of them are gone."""
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


def tries(night: Night, each: int = EACH, seed: int = 1) -> Iterator[Try]:
    """Kill each of them so many times, a few in a row before a night that is let live."""
    for name in VICTIMS:
        for first in range(seed, seed + each, IN_A_ROW):
            night.restore()
            yield from attack(night, name, range(first, min(first + IN_A_ROW, seed + each)))


def attack(night: Night, name: str, numbers: Sequence[int]) -> Iterator[Try]:
    """Launch nights in the UI, kill one process of it after the other, then let a night happen."""
    said = night.before.with_name("said")
    known, asked, run = _runs_kept(), set[str](), ""
    for number in numbers:
        earlier = state.served(night.house.data)
        dice = random.Random(f"{name} {number}")
        moment = dice.choice(MOMENTS if name == WORKER else (WAITING, *MOMENTS))
        later = dice.uniform(0, LATER_SECONDS)
        with opened(said) as server:
            run = _one_at_work(server, run, night.day)
            asked.add(run)
            if moment != WAITING:
                _wait_for(server, night.house.data, run, moment)
                time.sleep(later)
            if name == WORKER:
                was_at_work = _kill_the_holder(night.house.data)
                _wait(lambda server=server, run=run: server.runs()[run] in ENDED)
            else:
                was_at_work = server.runs()[run] not in ENDED
                server.kill(name)
        torn = state.served(night.house.data) not in (earlier, night.after.tables)
        when = f"{moment} + {later:.2f} s{'' if was_at_work else ', the night was over'}"
        label = f"{name} killed ({number}) at {when}"
        if number != numbers[-1]:
            yield label, frozenset({"torn"} if torn else ())
    harm: set[Harm] = {"torn"} if torn else set()
    with opened(said) as server:
        run = _one_at_work(server, run, night.day)
        asked.add(run)
        _wait(lambda: server.runs()[run] in ENDED)
        runs = server.runs()
    if runs[run] != "SUCCESS" or set(runs.values()) - set(ENDED):
        harm.add("stuck")
    if set(runs) - known - asked:
        harm.add("duplicated")
    harm |= state.of(night.house.data).harm_against(night.after)
    yield f"{label}, then {runs[run]}", frozenset(harm)


def _one_at_work(server: Server, run: str, day: str) -> str:
    """The run that waits or goes on, if the earlier one still does; else one launched now."""
    status = server.runs().get(run, "FAILURE")
    if status in ENDED or status == "STARTED":
        # One left started would hold the queue for ever: then the new one never comes to its step.
        return server.launch(day)
    return run


def _wait_for(server: Server, data: Path, run: str, step: str) -> None:
    """Until the journal of a run tells of a step, or the run is over."""
    journal = data / "logs" / f"{run}.ndjson"
    _wait(
        lambda: (
            (journal.exists() and f'"{step}"' in journal.read_text(encoding="utf-8"))
            or server.runs()[run] in ENDED
        )
    )


def _kill_the_holder(data: Path) -> bool:
    """Kill the process that holds the one writer's lock, if one does."""
    with open(data / "night.lock") as lock:
        try:
            # Held by nobody: the number in it is of a process that is gone, or of another one by now.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.kill(int(lock.read()), signal.SIGKILL)
            return True
    return False


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

"""A server's children end with it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from orchestration import environment

# Stands for `dagster dev`: starts a child of its own, tells both numbers, and waits.
SERVER = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
try:
    print(os.getpid(), child.pid, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    child.terminate()
"""
KEEPER = "import sys; from orchestration import kin; sys.exit(kin.run([sys.executable, '-c', sys.argv[1]]))"


def _gone(process: int) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{process}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    return False


@pytest.mark.parametrize(
    ("victim", "number"),
    [
        ("keeper", signal.SIGKILL),
        ("keeper", signal.SIGTERM),
        ("keeper", signal.SIGINT),
        ("server", signal.SIGKILL),
    ],
)
def test_nobody_of_a_server_outlives_it(victim: str, number: signal.Signals) -> None:
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, SERVER],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(environment.PROJECT_ROOT)},
    )
    assert keeper.stdout is not None
    server, child = (int(word) for word in keeper.stdout.readline().split())
    os.kill(keeper.pid if victim == "keeper" else server, number)
    assert _gone(server)
    assert _gone(child)
    keeper.wait(20)
    keeper.stdout.close()

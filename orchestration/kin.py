"""A server with children of its own, none of which outlives the others.

`dagster dev` starts a web server, a daemon and code servers. Whichever way it ends, its whole
process group ends here; and should this process be killed, the kernel tells `dagster dev` to stop.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 15.0


def run(command: Sequence[str]) -> int:
    """Run a command until it ends or this process is asked to stop; its exit code."""
    asked: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def stop(number: int, _: FrameType | None) -> None:
        asked.append(number)
        if child:
            _pass_on(child, number)

    # Listening begins before there is a child, so that no request to stop falls between.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        child = subprocess.Popen(command, start_new_session=True, preexec_fn=_die_with_parent)
        for number in asked:
            _pass_on(child, number)
        return child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if child:
            _end_group(child.pid)


def _pass_on(child: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        child.send_signal(number)


def _die_with_parent() -> None:
    """In the child, before it becomes the command: SIGINT when the parent is gone, however it went.

    A shell's background job is started deaf to SIGINT, and so would be all its children.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _end_group(leader: int) -> None:
    """What the command started and left behind: asked to stop, then stopped."""
    for number, patience in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, 0.0)):
        with suppress(ProcessLookupError):
            os.killpg(leader, number)
            _wait_for_group(leader, patience)


def _wait_for_group(leader: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        os.killpg(leader, 0)
        time.sleep(0.1)

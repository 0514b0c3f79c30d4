"""Ctrl-C and `kill` end a night in one line, whatever would make something else of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial

import pytest

from orchestration import environment, stopping

# Stands for a night in one of Dagster's or dbt's steps: each has handlers of its own, and goes on.
NIGHT = """
import signal, sys, time
from orchestration import nightly, stopping

def work():
    with stopping.at_once():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        print("at work", flush=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                time.sleep(1)
            except BaseException:
                pass
    return 0

sys.exit(nightly.explained(work))
"""
# Stands for a command that has to tidy up after itself.
COMMAND = """
import sys, time
from orchestration import nightly

def work():
    try:
        print("at work", flush=True)
        time.sleep(60)
    finally:
        print("tidied up", flush=True)
    return 0

sys.exit(nightly.explained(work))
"""
ENV = os.environ | {"PYTHONPATH": str(environment.PROJECT_ROOT)}


def _started(program: str) -> subprocess.Popen[str]:
    # In front, wherever these tests run: a background job is deaf to Ctrl-C.
    in_front = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENV,
        preexec_fn=in_front,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_night_ends_at_once_and_says_so(number: signal.Signals, code: int) -> None:
    process = _started(NIGHT)
    process.send_signal(number)
    said = process.communicate(timeout=30)
    assert (process.returncode, said) == (code, ("", f"\n{stopping.STOPPED}\n"))


def test_another_command_tidies_up_and_shows_no_traceback() -> None:
    process = _started(COMMAND)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, ("tidied up\n", "\nstopped\n"))


def test_what_was_there_before_is_there_again() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    with stopping.at_once():
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.set_wakeup_fd(-1) == -1


def test_a_job_that_is_deaf_to_interrupts_stays_so_and_can_be_terminated() -> None:
    process = _started("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + NIGHT)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30) == ("", f"\n{stopping.STOPPED}\n")
    assert process.returncode == 143

"""Ctrl-C and `kill` end a night at once, as any kill does; the next one takes up what it has done.

Dagster and dbt make a failed night, or a crash, of an interrupt that falls into one of their steps. So it
is not left to them: Python tells a pipe of the signal before any handler is asked.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType

STOPPED = "stopped: nothing half-done is published; run again to go on from here"
_OVER = 0
_ASKED = (signal.SIGINT, signal.SIGTERM)


def code_of(number: int) -> int:
    """The exit code of a command that a signal ended, as a shell tells it."""
    return 128 + number


@contextmanager
def at_once() -> Iterator[None]:
    """End this process in one line when it is interrupted or asked to terminate; in the main thread."""
    # A helper of Python's outlives the process by a moment and would complain of what it finds.
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    # A shell's background job is deaf to Ctrl-C and stays so. Dagster gives SIGTERM the handler of SIGINT,
    # ignored or not, so both have one of Python's here, without which the pipe would be told nothing.
    heard = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        heard.append(signal.SIGINT)
    before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    handlers = {number: signal.signal(number, _left_to_the_listener) for number in _ASKED}
    listener = Thread(target=_listen, args=(told, heard), daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.write(tell, bytes([_OVER]))
        listener.join()
        os.close(tell)
        os.close(told)


def _left_to_the_listener(number: int, frame: FrameType | None) -> None:
    """Nothing more: the listener has been told."""


def _listen(told: int, heard: Collection[int]) -> None:
    while (number := os.read(told, 1)[0]) != _OVER:
        if number in heard:
            sys.stdout.flush()
            os.write(2, f"\n{STOPPED}\n".encode())
            os._exit(code_of(number))

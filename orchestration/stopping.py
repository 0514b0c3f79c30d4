"""Ctrl-C and `kill` end a night at once, as any kill does; the next one takes up what it has done.

Dagster and dbt make a failure, or a new try, of an interrupt that falls into one of their steps. So it
is not left to them: Python tells a pipe of the signal before any handler is asked.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType

STOPPED = "stopped: readers have a whole published file; run again to go on from here"
_OVER = 0


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
    before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    # Without a handler of Python's the process would be gone before a word; ignored, it stays so.
    handlers = {
        number: signal.signal(number, _left_to_the_listener)
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    listener = Thread(target=_listen, args=(told,), daemon=True)
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


def _listen(told: int) -> None:
    while (number := os.read(told, 1)[0]) != _OVER:
        if number in (signal.SIGINT, signal.SIGTERM):
            sys.stdout.flush()
            os.write(2, f"\n{STOPPED}\n".encode())
            os._exit(code_of(number))

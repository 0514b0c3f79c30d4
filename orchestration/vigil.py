"""A night that cannot go on is ended; the next one finds what any kill leaves, and takes it up.

A thread that gets no memory to begin with leaves Python waiting for it without end, and a pool whose
threads died so waits for their work.
"""

from __future__ import annotations

import _thread
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration import environment
from orchestration.errors import NotNow

TICK_SECONDS = 5.0
# A thread begins within milliseconds; one that has not after a minute never will.
TICKS_TO_BEGIN = 12
# The slowest disk gives a night something to do within ten minutes.
TICKS_TO_MOVE = 120
# CPU seconds of a tick: this thread's own are a hundredth of it.
MOVES = 0.02
UNBORN = (
    "error: memory ran out: a thread could not begin; free some, or set "
    f"{environment.PREFIX}MEMORY_LIMIT lower, then run again\n"
).encode()
STILL = (
    b"error: nothing has moved for 10 minutes: memory ran out or a disk does not answer; "
    b"see to it, then run again\n"
)


@contextmanager
def kept() -> Iterator[None]:
    """Watch over this process meanwhile."""
    over = begin()
    try:
        yield
    finally:
        over.release()


def begin() -> threading.Lock:
    """Watch over this process until the lock that is given back is released.

    Ticks are counted, not seconds: a machine that sleeps, or a process that is stopped, is not still.

    Raises
    ------
    MemoryError
        The watch is a thread too, and there is no memory for it to begin with.
    """
    over, begun = threading.Lock(), threading.Lock()
    over.acquire()
    begun.acquire()
    # A `threading.Thread` would be waited for without end.
    _thread.start_new_thread(_keep, (over, begun))
    if not begun.acquire(timeout=TICKS_TO_BEGIN * TICK_SECONDS):
        raise MemoryError("a thread could not begin")
    return over


def _keep(over: threading.Lock, begun: threading.Lock) -> None:
    """Wait with a bare lock and write prepared bytes: neither needs memory, of which there is none."""
    begun.release()
    unborn: dict[threading.Thread, int] = {}
    still, spent = 0, 0.0
    while not over.acquire(timeout=TICK_SECONDS):
        try:
            waiting = [thread for thread in threading.enumerate() if thread.ident is None]
            unborn = {thread: unborn.get(thread, 0) + 1 for thread in waiting}
            now = sum(os.times()[:4])
            still = still + 1 if now - spent < MOVES else 0
            spent = now
        except MemoryError:
            still += 1
        if any(ticks >= TICKS_TO_BEGIN for ticks in unborn.values()):
            _end(UNBORN)
        if still >= TICKS_TO_MOVE:
            _end(STILL)


def _end(said: bytes) -> None:
    os.write(2, said)
    os._exit(NotNow.exit_code)

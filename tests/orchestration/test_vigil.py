"""A night that cannot go on says so in one line and ends, whatever it waits for."""

from __future__ import annotations

import subprocess
import sys

from orchestration import environment, vigil

_QUICK = """
import ctypes, mmap, resource, sys, threading, time
from orchestration import vigil
vigil.TICK_SECONDS, vigil.TICKS_TO_BEGIN, vigil.TICKS_TO_MOVE = 0.05, 20, 40
"""
_WATCH = "vigil.begin()\n"
# The stack of a thread that ended is kept for the next, so the system has nothing to refuse: what is
# refused is the interpreter's own first memory in the new thread. A few blocks are left to the C library.
_NO_MEMORY = """
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
first = [threading.Thread(target=time.sleep, args=(0.1,)) for _ in range(3)]
[thread.start() for thread in first]
[thread.join() for thread in first]
time.sleep(0.2)
blocks = [libc.malloc(1000) for _ in range(50)]
resource.setrlimit(resource.RLIMIT_DATA, (300 << 20, 300 << 20))
held, size = [], 32 << 20
while size >= 4096:
    try:
        held.append(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE))
    except (OSError, MemoryError):
        size //= 2
[libc.free(ctypes.c_void_p(block)) for block in blocks]
"""
_THREAD = """
threading.Thread(target=print, args=("began",)).start()
"""
_ALL_WAIT = """
lock = threading.Lock()
lock.acquire()
lock.acquire()
"""
_WORKS = """
until = time.monotonic() + 4
while time.monotonic() < until:
    worker = threading.Thread(target=sum, args=(range(100_000),))
    worker.start()
    worker.join()
print("done")
"""
_WAITS_A_LITTLE = """
time.sleep(0.5)
print("done")
"""


def _run(work: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", _QUICK + work],
        cwd=environment.PROJECT_ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_a_thread_that_gets_no_memory_to_begin_with_ends_the_night_in_one_line() -> None:
    done = _run(_WATCH + _NO_MEMORY + _THREAD)
    assert done.returncode == 3
    assert b"began" not in done.stdout
    assert done.stderr.endswith(vigil.UNBORN)


def test_without_memory_for_the_watch_itself_memory_is_said_to_have_run_out() -> None:
    # Once told, there is room again to say so.
    begin = "try:\n    vigil.begin()\nexcept MemoryError:\n    del held\n    print('told')\n"
    done = _run(_NO_MEMORY + begin)
    assert (done.returncode, done.stdout) == (0, b"told\n")


def test_a_night_in_which_all_wait_for_each_other_ends_in_one_line() -> None:
    done = _run(_WATCH + _ALL_WAIT)
    assert (done.returncode, done.stderr) == (3, vigil.STILL)


def test_a_night_that_works_or_waits_a_little_is_left_alone() -> None:
    for work in (_WORKS, _WAITS_A_LITTLE):
        done = _run(_WATCH + work)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"done\n", b"")

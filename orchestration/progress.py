"""What a person watching a night sees: one line per thing done."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class _Clock:
    started = time.monotonic()
    silent = False


def restart() -> None:
    """Count the seconds from now."""
    _Clock.started = time.monotonic()


def say(text: str) -> None:
    """Print one line with the seconds since the start."""
    if not _Clock.silent:
        print(f"[{time.monotonic() - _Clock.started:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def quiet() -> Iterator[None]:
    """Say nothing meanwhile: a replay prints one line a night."""
    _Clock.silent = True
    try:
        yield
    finally:
        _Clock.silent = False

"""What a person watching a night sees: one line per thing done."""

from __future__ import annotations

import sys
import time

_started = time.monotonic()


def restart() -> None:
    """Count the seconds from now."""
    global _started
    _started = time.monotonic()


def say(text: str) -> None:
    """Print one line with the seconds since the start."""
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", file=sys.stderr, flush=True)

"""What a night tells: one line per thing done, to whoever watches and to the journal in DATA/logs.

A journal line is JSON with the run, the step and, when it loads one, the feed. Lines name tables,
files and counts; no value of a record is ever said.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT = 60
_FEED = "feeds__"


class _Clock:
    started = time.monotonic()
    silent = False


class _Journal:
    file: Path | None = None
    run = ""
    step = ""


def restart() -> None:
    """Count the seconds from now."""
    _Clock.started = time.monotonic()


def journal(data: Path, run: str, step: str) -> None:
    """From now on lines are of this run and step, and are kept beside the data."""
    file = data / "logs" / f"{run}.ndjson"
    if file != _Journal.file:
        file.parent.mkdir(parents=True, exist_ok=True)
        by_age = sorted(file.parent.glob("*.ndjson"), key=lambda path: path.stat().st_mtime)
        for old in by_age[: max(0, len(by_age) + 1 - KEPT)]:
            old.unlink(missing_ok=True)
    _Journal.file, _Journal.run, _Journal.step = file, run, step


def close() -> None:
    """The run has ended; lines are of none."""
    _Journal.file, _Journal.run, _Journal.step = None, "", ""


def say(text: str) -> None:
    """Print one line with the seconds since the start, and keep it."""
    seconds = time.monotonic() - _Clock.started
    if _Journal.file is not None:
        _keep(_Journal.file, text, seconds)
    if not _Clock.silent:
        print(f"[{seconds:6.1f} s] {text}", file=sys.stderr, flush=True)


def _keep(file: Path, text: str, seconds: float) -> None:
    line = {"at": round(time.time(), 3), "seconds": round(seconds, 1), "run": _Journal.run}
    line |= {"step": _Journal.step, "text": text}
    if _Journal.step.startswith(_FEED):
        line["feed"] = _Journal.step.removeprefix(_FEED)
    try:
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError:
        # A line less is no reason to fail a night: a full disk is told by the step that needs it.
        return


@contextmanager
def quiet() -> Iterator[None]:
    """Say nothing meanwhile: a replay prints one line a night."""
    _Clock.silent = True
    try:
        yield
    finally:
        _Clock.silent = False

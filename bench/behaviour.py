"""Behaviour on the clock: `python -m bench.behaviour [--events N] [--people M] [--history N]`.

The project's own models and one script of bare DuckDB SQL do the same work on the same raw files in
one run, each as a process of its own: a full build, then a night of one per cent more. With a longer
history, the same-sized night on top of that. Prints a table; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench import behaviour_world
from orchestration import environment

ROOT = Path(__file__).resolve().parent.parent
LAST = date(2026, 6, 30)


@dataclass(frozen=True)
class Took:
    """What one process took."""

    seconds: float
    cpu: float
    megabytes: float
    nodes: dict[str, float]


def child(kind: str, data: Path, as_of: date, since: date | None = None) -> Took:
    """Run one build as a process of its own."""
    given = {
        "tenant": str(ROOT / "tenants" / "demo"),
        "data": str(data),
        "as_of": as_of.isoformat(),
        "memory_limit": "3GB",
        "pseudonym_key": "a key for the clock",
    }
    for name, value in given.items():
        environment.write(name, value)
    command = [sys.executable, "-m", "bench.behaviour_child", kind, since.isoformat() if since else ""]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def measured(data: Path, events: int, people: int, night: int, *, beside: bool) -> dict[str, Took]:
    """A full build of a history, bare SQL beside it where asked, and a night on top of it."""
    days = max(events * 365 // 10_000_000, 30)
    behaviour_world.history(data, events, people, last=LAST, days=days)
    found = {"full": child("full", data, LAST)}
    if beside:
        found["bare"] = child("bare", data, LAST)
    tonight = LAST + timedelta(days=1)
    behaviour_world.night(data, night, people, day=tonight)
    return found | {"night": child("night", data, tonight, LAST)}


def told(name: str, found: dict[str, Took]) -> None:
    """One line per build, and the slowest nodes."""
    full, bare, night = found["full"], found.get("bare"), found["night"]
    print(f"\n{name}{'':{30 - len(name)}}{'seconds':>10}{'busy s':>10}{'peak MB':>10}")
    rows = {"bare SQL": bare, "full build": full, "a night of new events": night}
    for what, took in rows.items():
        if took:
            print(f"{what:30}{took.seconds:10.1f}{took.cpu:10.1f}{took.megabytes:10.0f}")
    if bare:
        print(f"{'full build / bare SQL':30}{full.seconds / bare.seconds:10.2f}{full.cpu / bare.cpu:10.2f}")
    print(
        f"{'the night / the full build':30}{night.seconds / full.seconds:10.1%}{night.cpu / full.cpu:10.1%}"
    )
    for kind, took in found.items():
        slowest = sorted(took.nodes.items(), key=lambda node: -node[1])[:9]
        print(f"  slowest of {kind}: " + ", ".join(f"{node} {seconds:.1f}" for node, seconds in slowest))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=0, help="default: one per fifty events")
    parser.add_argument("--history", type=int, default=0, help="a longer history, with the same night on top")
    options = parser.parse_args()
    people = options.people or options.events // 50
    night = options.events // 100
    folder = Path(tempfile.mkdtemp(prefix="userops-behaviour-"))
    try:
        first = measured(folder / "first", options.events, people, night, beside=True)
        told(f"{options.events:,} events", first)
        shutil.rmtree(folder / "first")
        if options.history:
            # Bare SQL has no night to set beside, and of 40 million events no room in 3 GB.
            longer = measured(folder / "longer", options.history, people, night, beside=False)
            told(f"{options.history:,} events", longer)
            growth = longer["night"].seconds / first["night"].seconds
            busy = longer["night"].cpu / first["night"].cpu
            print(f"\n{'that night on the longer history / on the first':50}{growth:10.2f}{busy:10.2f}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

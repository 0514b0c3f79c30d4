"""Kills at random moments of every phase of a night, and what the next night makes of them.

The oracle is one night that nobody disturbed: after each kill readers have the file of before or of
after, and one rerun ends in the same raw files and the same public tables.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

from orchestration import environment
from tests.e2e.house import House
from tests.faults import state, victim
from tests.faults.row import NONE, Harm, Row, Try, row

# What a night says as it goes: each mark ends one phase and opens the next.
MARKS = (
    ("ingestion", "gate raw:"),
    ("staging", "staging:"),
    ("intermediate", "intermediate:"),
    ("gate of intermediate", "gate intermediate:"),
    ("features", "features:"),
    ("marts", "marts:"),
    ("gate of marts", "gate marts:"),
    ("training", "gate models:"),
    ("scoring", "gate predictions:"),
    ("activation", "gate activation:"),
    ("publishing", "] published generation"),
)
PHASES = tuple(name for name, _ in MARKS)
IN_A_ROW = 4
_LINE = re.compile(r"^\[ *([0-9.]+) s\] (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Night:
    """A night to disturb: the folder before it, the day, and how it ends when nobody does."""

    before: Path
    house: House
    day: str
    after: state.State
    seconds: dict[str, float]

    def restore(self) -> None:
        """Put the folder back to before the night."""
        shutil.rmtree(self.house.data, ignore_errors=True)
        shutil.copytree(self.before, self.house.data, symlinks=True)


def prepare(root: Path, landing: Path, last: date) -> Night:
    """Build the day before the last, keep it, and see what an undisturbed last night comes to."""
    house, before = House(root / "data", landing), root / "before"
    victim.warm(house)
    early = victim.night_of(str(last - timedelta(days=1)), root / "said")
    if early.wait():
        raise RuntimeError(f"the night before failed:\n{early.says()[-3000:]}")
    shutil.copytree(house.data, before, symlinks=True)
    whole = victim.night_of(str(last), root / "said")
    if whole.wait():
        raise RuntimeError(f"the undisturbed night failed:\n{whole.says()[-3000:]}")
    return Night(before, house, str(last), state.of(house.data), durations(whole.says()))


def durations(said: str) -> dict[str, float]:
    """The seconds of each phase, by what a night said and when."""
    times = [(float(at), text) for at, text in _LINE.findall(said)]
    found, begun = {}, times[0][0]
    for phase, mark in MARKS:
        ended = next((at for at, text in times if mark.removeprefix("] ") in text), begun)
        found[phase] = max(0.05, ended - begun)
        begun = max(begun, ended)
    return found


def tries(night: Night, count: int, seed: int = 1) -> Iterator[Try]:
    """Kill so many nights, a few in a row before each one that is let live, at moments of their own."""
    for first in range(seed, seed + count, IN_A_ROW):
        numbers = range(first, min(first + IN_A_ROW, seed + count))
        phases = sorted(PHASES.index(PHASES[number * 5 % len(PHASES)]) for number in numbers)
        moments = [
            (PHASES[phase], random.Random(number).random())
            for number, phase in zip(numbers, phases, strict=True)
        ]
        night.restore()
        yield from attack(night, moments, f"kills {numbers[0]} to {numbers[-1]}")


def attack(
    night: Night,
    moments: Sequence[tuple[str, float]],
    name: str,
    by: Sequence[signal.Signals] = (signal.SIGKILL,),
) -> Iterator[Try]:
    """Kill a night at one moment after the other, by one signal after the other, each start taking up
    what the last one left, then let it end.
    """
    said = night.before.with_name("said")
    for (phase, part), number in zip(moments, cycle(by), strict=False):
        earlier = state.served(night.house.data)
        doomed = victim.night_of(night.day, said)
        place = PHASES.index(phase)
        doomed.wait_for(MARKS[place - 1][1] if place else "")
        if not doomed.has_ended():
            time.sleep(part * night.seconds[phase])
        was_killed = doomed.kill(number)
        label = f"{name}: {phase} at {part:.3f}"
        # Asked to stop, it neither fails nor tries again; when it is killed it may just have ended.
        asked = was_killed and number != signal.SIGKILL
        if doomed.code not in ({128 + number} if asked else {0, -number}):
            yield f"{label}: {last_words(doomed)}", frozenset({"stuck"})
        elif state.served(night.house.data) not in (earlier, night.after.tables):
            yield label, frozenset({"torn"})
        elif (phase, part) != moments[-1]:
            yield label, NONE
    alive = victim.night_of(night.day, said)
    harm: set[Harm] = {"stuck"} if alive.wait() or state.unfinished() else set()
    harm |= state.of(night.house.data).harm_against(night.after)
    yield f"{label}, then let live: {last_words(alive) if harm else ''}", frozenset(harm)


def last_words(dead: victim.Victim) -> str:
    """What a night that failed said of it."""
    return " / ".join(line.strip() for line in dead.says().strip().splitlines()[-12:])


def small_world(root: Path) -> Path:
    """The landing files of 200 people and five months."""
    from demo import generate
    from demo.plan import Plan

    plan = Plan(people=200, seed=5, start=date(2026, 2, 1), end=date(2026, 6, 30))
    generate.write_world(root / "landing", root / "truth", plan)
    return root / "landing"


def in_a_night(work: Callable[[Night], Iterator[Try]]) -> Iterator[Try]:
    """The tries of one fault in a world made for them."""
    with tempfile.TemporaryDirectory(prefix="userops-faults-") as made:
        root = Path(made)
        landing = small_world(root)
        with House(root / "data", landing).lived_in():
            yield from work(prepare(root, landing, date(2026, 6, 30)))


def rows_of(count: int, seed: int) -> Iterator[Try]:
    """Kills of so many nights."""
    return in_a_night(lambda night: tries(night, count, seed))


def spoil(built: House, day: str) -> Night:
    """A night that has all to do again in a folder that was built, whose tables it must come to."""
    victim.warm(built)
    after = state.of(built.data)
    for name in ("raw", "quarantine", "loads"):
        shutil.rmtree(built.data / name)
    for name in ("proofs.json", "history.json"):
        (built.data / name).unlink()
    # No undisturbed night was timed here: each kill falls within a second of its phase's begin.
    return Night(built.data.with_name("before"), built, day, after, dict.fromkeys(PHASES, 1.0))


def main() -> int:
    """`python -m tests.faults.kills DATA LANDING DAY PHASE...`: kill a night in a built folder."""
    data, landing, day, *phases = sys.argv[1:]
    house, hook = House(Path(data), Path(landing)), environment.read().webhook_url
    with house.lived_in():
        if hook:
            environment.write("webhook_url", hook)
        night = spoil(house, day)
        moments = [(phase, random.Random(phase).random()) for phase in phases]
        by = (signal.SIGKILL, signal.SIGTERM)
        found: Row = row("kills of a night", attack(night, moments, "kills", by))
    print("\n".join(found.wrong))
    return 0 if found.is_clean and found.tries == len(phases) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Folders that give no room or no leave to write, and a process that is given little memory.

A disk is a tmpfs of its own, so this needs root and Linux; each try ends with the fault mended, and
the next night must come to what an undisturbed one came to.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.e2e.house import House
from tests.faults import state, victim
from tests.faults.kills import Night, last_words
from tests.faults.row import Harm, Try

MB = 1 << 20
# Beside what the folder holds already: from nothing at all to nearly what the preflight asks for.
ROOM_MB = (0, 1, 2, 4, 8, 16, 32, 48, 64, 96)
MEMORY_MB = (2048, 1024, 768, 512, 384)
READ_ONLY = ("", "published", "raw", "dagster", "logs")
# Published, failed at a step, cannot be used, not now.
CODES = (0, 1, 2, 3)
_CLEAR = re.compile(
    r"No space left|disk is full|disk I/O error|free \d[\d,]* MB|could not write|cannot be written"
    r"|[Rr]ead-only"
)
_SHORT_OF_MEMORY = re.compile(
    r"memory ran out|[Oo]ut of [Mm]emory|OutOfMemory|MemoryError|bad_alloc|[Cc]annot allocate|can't start"
)


@contextlib.contextmanager
def _disk(megabytes: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="userops-disk-") as place:
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place)
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def disks(night: Night, rooms: Sequence[int] = ROOM_MB) -> Iterator[Try]:
    """A night on a disk with so many megabytes left, then one after it has been given more.

    The preflight is left out of it, which would send all of these nights away with a figure: what
    is tried is a disk that fills while a night writes.
    """
    held = -(-_size(night.before) // MB) + 4
    for room in rooms:
        with _disk(held + room) as place:
            house = House(place / "data", night.house.landing)
            shutil.copytree(night.before, house.data, symlinks=True)

            def mended(place: Path = place, room: int = room) -> None:
                _mount("-o", f"remount,size={held + room + 2048}m", str(place))

            yield from _tried(night, house, f"{room} MB left", _CLEAR, mended, _unchecked)


def read_only(night: Night, folders: Sequence[str] = READ_ONLY) -> Iterator[Try]:
    """A night that may not write to a folder of its data, then one that may."""
    for folder in folders:
        night.restore()
        place = night.house.data / folder
        place.mkdir(exist_ok=True)
        _mount("--bind", str(place), str(place))
        _mount("-o", "remount,bind,ro", str(place))

        def mended(place: Path = place) -> None:
            subprocess.run(["umount", "--lazy", str(place)], check=True)

        yield from _tried(night, night.house, f"{folder or 'the whole folder'} read-only", _CLEAR, mended)


def memory(night: Night, sizes: Sequence[int] = MEMORY_MB) -> Iterator[Try]:
    """A night that may have so many megabytes, then one that may have all there are."""
    for size in sizes:
        night.restore()

        def limited(size: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_DATA, (size * MB, size * MB))

        yield from _tried(
            night, night.house, f"{size:,} MB of memory", _SHORT_OF_MEMORY, lambda: None, limited
        )


def _unchecked() -> None:
    from orchestration import preflight

    preflight.check = lambda now: None


def _tried(
    night: Night,
    house: House,
    label: str,
    reason: re.Pattern[str],
    mended: Callable[[], object],
    first: Callable[[], object] = lambda: None,
) -> Iterator[Try]:
    """One night under a fault and one after it: what readers had meanwhile, and what came in the end."""
    said = night.before.with_name("said")
    with house.lived_in():
        earlier = state.served(house.data)
        hurt = victim.night_of(night.day, said, first)
        code, words = hurt.wait(), hurt.says()
        harm: set[Harm] = set()
        if code not in CODES or (code and not reason.search(words)):
            harm.add("stuck")
        if state.served(house.data) not in (earlier, night.after.tables):
            harm.add("torn")
        mended()
        alive = victim.night_of(night.day, said)
        if alive.wait() or state.unfinished():
            harm.add("stuck")
        harm |= state.of(house.data).harm_against(night.after)
    told = f": ended {code}: {words[-600:]!r}, then {last_words(alive)}" if harm else ""
    yield f"{label}{told}", frozenset(harm)


def may_mount() -> bool:
    """Whether this machine lets its user make disks."""
    return os.geteuid() == 0 and shutil.which("mount") is not None

"""What a data folder holds, so that two can be compared: raw files by name, public tables by content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from orchestration import publishing
from orchestration.served import current
from tests.faults import victim
from tests.faults.row import Harm

Tables = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class State:
    """The raw files and their bytes, and the rows and checksum of every public table."""

    raw: dict[str, str]
    tables: Tables

    def harm_against(self, expected: State) -> set[Harm]:
        """What is missing, there twice, or different."""
        harm: set[Harm] = set()
        if set(expected.raw) - set(self.raw):
            harm.add("lost")
        if set(self.raw) - set(expected.raw):
            harm.add("duplicated")
        for name in set(expected.tables) | set(self.tables):
            rows, wanted = self.tables.get(name), expected.tables.get(name)
            if rows == wanted:
                continue
            harm.add("torn")
            if wanted and (rows or (0, ""))[0] < wanted[0]:
                harm.add("lost")
            if rows and rows[0] > (wanted or (0, ""))[0]:
                harm.add("duplicated")
        if any(self.raw[name] != sha for name, sha in expected.raw.items() if name in self.raw):
            harm.add("torn")
        return harm


def of(data: Path) -> State:
    """The state of a folder."""
    files = {}
    for layer in ("raw", "quarantine", "loads"):
        for path in sorted((data / layer).rglob("*")):
            if path.is_file() and not path.name.startswith(".seen"):
                name = path.relative_to(data).as_posix()
                files[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return State(files, served(data))


def served(data: Path) -> Tables:
    """The public tables that readers see; nothing before the first publish."""
    pointer = current(data)
    if not pointer.exists():
        return {}
    found = victim.ask(lambda: publishing.checksums(pointer))
    return {name: (rows, digest) for name, (rows, digest) in found.items()}


def unfinished() -> int:
    """Dagster runs that are neither done nor failed."""
    from orchestration import home

    def count() -> int:
        with home.instance() as instance:
            return len(instance.get_runs(home.unfinished()))

    return int(victim.ask(count))

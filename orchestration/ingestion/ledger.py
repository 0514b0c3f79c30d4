"""The ledger: what was loaded, told by the names of the raw files, with the counts beside them.

A (file, entity) is loaded when its raw Parquet is in place; its counts and its quarantine were
written before. A replay adds a generation (`<sha256>.r1.parquet`) that replaces the one before.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from orchestration.ingestion.feed import Feed

RAW, QUARANTINE, LOADS = "raw", "quarantine", "loads"
SUFFIXES = {RAW: ".parquet", QUARANTINE: ".parquet", LOADS: ".json"}


@dataclass(frozen=True)
class FileLoad:
    """What came of one file for one entity.

    ``physical == accepted + quarantined + duplicate`` always holds; ``skipped`` is the part of
    ``accepted`` that says nothing for this entity, so ``rows <= accepted - skipped``.

    Parameters
    ----------
    feed, entity, file, sha256 : str
        Which; `file` is the path below the landing folder.
    physical, accepted, quarantined, duplicate, skipped : int
        Records of the file.
    rows : int
        Rows in the raw Parquet.
    status : str
        `loaded`, or `refused` when not one record could be judged.
    loaded_on : date
        The as-of day of the night that loaded it.
    reasons : mapping of str to int
        Quarantined records per typed reason.
    blank_lines : int
        Lines that hold nothing; they are no records.
    unmapped, new_columns, missing : tuple of str
        Source columns that no entity reads; those among them no earlier file had; and columns the
        mapping reads but the file lacks.
    max_quarantine_share : float
        The feed's limit for `refused / physical`.
    due : datetime, optional
        When the first record refused as `future_timestamp` is to be looked at again.
    header : str
        The header's raw bytes as hex, for a replay.
    generation : int
        How often it was replayed or reloaded with effect.
    """

    feed: str
    entity: str
    loaded_on: date
    file: str = ""
    sha256: str = ""
    physical: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    skipped: int = 0
    rows: int = 0
    status: str = "loaded"
    reasons: Mapping[str, int] = field(default_factory=dict)
    blank_lines: int = 0
    unmapped: tuple[str, ...] = ()
    new_columns: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    max_quarantine_share: float = 0.05
    due: datetime | None = None
    header: str = ""
    generation: int = 0

    @property
    def is_unread(self) -> bool:
        """Nothing of it was accepted, though something was there."""
        return self.status == "refused" or (self.quarantined > 0 and not self.accepted)

    @property
    def refused(self) -> int:
        """Quarantined records that are wrong; those that merely lie ahead of the build are not."""
        return self.quarantined - self.reasons.get("future_timestamp", 0)

    def as_json(self) -> str:
        """The sidecar's content."""
        return json.dumps(asdict(self), default=str, sort_keys=True, indent=1, ensure_ascii=False)


def parse(text: str) -> FileLoad:
    """A sidecar's content as a FileLoad."""
    found = json.loads(text)
    for name in ("unmapped", "new_columns", "missing"):
        found[name] = tuple(found[name])
    found["loaded_on"] = date.fromisoformat(found["loaded_on"])
    found["due"] = datetime.fromisoformat(found["due"]) if found["due"] else None
    return FileLoad(**found)


@dataclass(frozen=True)
class Place:
    """Where the three files of one (file, entity, generation) lie.

    Parameters
    ----------
    data : Path
        The tenant's state.
    entity, feed, sha256 : str
        Which.
    loaded_on : date
        Its partition.
    generation : int
        0 for the first load.
    """

    data: Path
    entity: str
    feed: str
    loaded_on: date
    sha256: str
    generation: int = 0

    def file(self, layer: str) -> Path:
        """The file in a layer: `raw`, `quarantine` or `loads`."""
        mark = f".r{self.generation}" if self.generation else ""
        name = f"{self.sha256}{mark}{SUFFIXES[layer]}"
        return folder(self.data, layer, self.entity, self.feed) / f"loaded_on={self.loaded_on}" / name

    def beside(self, layer: str) -> Path:
        """Where the file is until it is whole, and renamed into its place."""
        target = self.file(layer)
        return target.with_name(f".{target.name}.tmp")


def folder(data: Path, layer: str, entity: str, feed: str) -> Path:
    """The folder of one entity and feed in a layer."""
    return data / layer / entity / f"feed={feed}"


def places(data: Path, entity: str, feed: str, layer: str = RAW) -> Iterator[Place]:
    """Every file of a layer, superseded generations and orphans among them."""
    base = folder(data, layer, entity, feed)
    for day in sorted(_entries(base)):
        if not day.startswith("loaded_on="):
            continue
        for name in sorted(_entries(base / day)):
            bare = name.removesuffix(SUFFIXES[layer])
            sha, _, mark = bare.partition(".r")
            if bare != name and len(sha) == 64 and (mark.isdigit() or not mark):
                loaded_on = date.fromisoformat(day.removeprefix("loaded_on="))
                yield Place(data, entity, feed, loaded_on, sha, int(mark or 0))


def current(data: Path, entity: str, feed: str) -> dict[str, Place]:
    """The newest generation of every loaded file, by its sha256."""
    found: dict[str, Place] = {}
    for place in places(data, entity, feed):
        if place.sha256 not in found or place.generation > found[place.sha256].generation:
            found[place.sha256] = place
    return found


def filled(data: Path, layer: str) -> Iterator[tuple[str, str]]:
    """Every entity and feed with a folder in a layer."""
    for entity in _entries(data / layer):
        if not entity.startswith("."):
            names = (name for name in _entries(data / layer / entity) if name.startswith("feed="))
            yield from ((entity, name.removeprefix("feed=")) for name in names)


def loads(data: Path, feed: str | None = None) -> list[FileLoad]:
    """All history, or a feed's, ordered by feed, entity, day and file."""
    found = [
        parse(place.file(LOADS).read_text(encoding="utf-8"))
        for entity, name in sorted(filled(data, RAW))
        if feed in (None, name)
        for place in current(data, entity, name).values()
    ]
    return sorted(found, key=lambda load: (load.feed, load.entity, load.loaded_on, load.file))


def waiting(feeds: Iterable[Feed], *, landing: Path, data: Path) -> list[str]:
    """Names of landed files that a night would load."""
    from orchestration.ingestion.arrivals import arrivals

    return sorted(
        {f"{feed.name}:{new.landed.name}" for feed in feeds for new in arrivals(feed, landing, data)}
    )


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _entries(base: Path) -> list[str]:
    try:
        return os.listdir(base)
    except FileNotFoundError:
        return []

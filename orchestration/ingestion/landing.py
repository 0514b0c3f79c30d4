"""The landing folder: which files a feed names, and what is in each, told by its content."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.ingestion.errors import ChangedFileError, LandingError
from orchestration.ingestion.feed import Feed

CHUNK = 1 << 20
# A file written to this recently may change again within its time stamp's grain.
SETTLED_NS = 2_000_000_000


@dataclass(frozen=True)
class Landed:
    """One landing file.

    Parameters
    ----------
    path : Path
        Where it is.
    name : str
        Its path below the landing folder, with forward slashes.
    """

    path: Path
    name: str


def find(feed: Feed, landing: Path) -> list[Landed]:
    """The files a feed names, sorted by name; hidden and unfinished ones are left alone.

    Raises
    ------
    LandingError
        A link leads out of the landing folder, or the folder is not there.
    """
    root = landing.resolve()
    if not root.is_dir():
        raise LandingError(f"{feed.file}: there is no landing folder {landing.name!r}; create it")
    return sorted(_find(feed, root), key=lambda file: file.name)


def _find(feed: Feed, root: Path) -> Iterator[Landed]:
    # Where it may lead was judged as the feed was read.
    pattern = feed.source.path.removeprefix("${LANDING}").lstrip("/")
    given = root / pattern
    if given.is_dir():
        matches: Iterator[Path] = given.rglob("*")
    elif any(mark in pattern for mark in "*?["):
        matches = root.glob(pattern)
    else:
        matches = iter([given] if given.exists() else [])
    for path in matches:
        relative = path.relative_to(root)
        hidden = any(part.startswith((".", "_")) for part in relative.parts)
        if hidden or path.suffix in (".tmp", ".part", ".crdownload") or not path.is_file():
            continue
        if not path.resolve().is_relative_to(root):
            raise LandingError(
                f"{feed.file}: {relative.as_posix()} links out of the landing folder; copy it in"
            )
        yield Landed(path, relative.as_posix())


def stamp(path: Path) -> list[int]:
    """What changes when a file is written to."""
    try:
        found = path.stat()
    except OSError as error:
        raise LandingError(f"{path.name} cannot be read: {error.strerror}") from error
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise LandingError(f"{path.name} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


class Seen:
    """A cache of content hashes by name, inode, size and both times of a file.

    It saves reading what is loaded or wholly in the future; losing it costs time and nothing else.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries: dict[str, tuple[list[int], str]] = {}
        self._put_off: dict[str, str] = {}
        self._changed = False
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            entries = {name: ([*map(int, state)], str(sha)) for name, (state, sha) in found["files"].items()}
            self._entries, self._put_off = entries, dict(found["put_off"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass

    def sha256(self, landed: Landed) -> str:
        """The content hash, from memory when the file has not been touched since.

        Raises
        ------
        ChangedFileError
            The file was written to while it was read.
        """
        before = stamp(landed.path)
        if known := self.known(landed, before):
            return known
        found = sha256(landed.path)
        self.keep(landed, before, found)
        return found

    def known(self, landed: Landed, now: list[int]) -> str | None:
        """The content hash of a file that is as it was when it was hashed."""
        entry = self._entries.get(landed.name)
        return entry[1] if entry and entry[0] == now else None

    def keep(self, landed: Landed, before: list[int], found: str) -> None:
        """Remember the hash of a file that was in a state before it was read.

        Raises
        ------
        ChangedFileError
            It no longer is.
        """
        unchanged(landed, before)
        if time.time_ns() - max(before[2], before[3]) > SETTLED_NS:
            self._entries[landed.name] = (before, found)
            self._changed = True

    def sizes(self, hashes: set[str], mapping: str) -> set[int] | None:
        """The sizes of the files of some hashes, and of those put off under a mapping.

        None when one of them is not known: its file has changed since.
        """
        off = {sha for sha, _, under in (key.partition(":") for key in self._put_off) if under == mapping}
        found = {sha: state[1] for state, sha in self._entries.values()}
        wanted = hashes | off
        return {found[sha] for sha in wanted} if wanted <= found.keys() else None

    def knows(self, path: Path, name: Path) -> bool:
        """Whether a file is as it was when its content was hashed."""
        entry = self._entries.get(name.as_posix())
        return entry is not None and entry[0] == stamp(path)

    def put_off(self, sha: str, mapping: str) -> datetime | None:
        """The earliest time in a file that lay wholly in the future under this mapping."""
        found = self._put_off.get(f"{sha}:{mapping}")
        return datetime.fromisoformat(found) if found else None

    def put_off_until(self, sha: str, mapping: str, due: datetime) -> None:
        """Remember that a file lies wholly in the future."""
        self._put_off[f"{sha}:{mapping}"] = due.isoformat()
        self._changed = True

    def save(self) -> None:
        """Write the cache, whole or not at all."""
        if not self._changed:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(f".{os.getpid()}.tmp")
        content = {"files": self._entries, "put_off": self._put_off}
        temporary.write_text(json.dumps(content, sort_keys=True), encoding="utf-8")
        temporary.replace(self._file)


def unchanged(landed: Landed, before: list[int]) -> None:
    """Raise ChangedFileError when the file is no longer as it was."""
    if stamp(landed.path) != before:
        raise ChangedFileError(
            f"{landed.name} changed while it was read; deliver under another name, then rename"
        )

"""All state of a tenant in one file, and back: `python -m orchestration.backup`, `... --restore FILE`.

A backup holds raw, quarantine, ledger, warehouse, models, published generations and run storage, each
file with its checksum. It holds people's data as DATA does, and not the pseudonym key, without which
it cannot be used: keep the two apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from orchestration import home, nightly, served
from orchestration.errors import Unusable
from orchestration.ingestion import recovery
from orchestration.night import Night
from orchestration.warehouse import open_file

LIST = "backup.json"
# Locks, signs of life and what is made again by itself.
LEFT_OUT = {"night.lock", "attended", "dbt", "landing", "landing_by_night", "aside", "matching"}
CHUNK = 1 << 20


class BackupError(Unusable):
    """The file is no backup, not whole, or there is no place to put it."""


def write(data: Path, target: Path) -> int:
    """Write a backup whole or not at all; returns how many files it holds. The lock must be held."""
    _settle(data)
    files = list(_files(data))
    if not files:
        raise BackupError(f"DATA={data} holds nothing to keep")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    try:
        sums = {path.relative_to(data).as_posix(): _sha256(path) for path in files}
        with tarfile.open(beside, "w") as tar:
            listed = json.dumps({"files": sums, "links": _links(data)}, sort_keys=True).encode()
            entry = tarfile.TarInfo(LIST)
            entry.size = len(listed)
            tar.addfile(entry, BytesIO(listed))
            for path in files:
                tar.add(path, path.relative_to(data).as_posix(), recursive=False)
        os.chmod(beside, 0o600)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return len(files)


def restore(source: Path, data: Path) -> int:
    """Put a backup into a folder that holds no night yet; every checksum must agree."""
    if data.exists() and any(_files(data)):
        raise BackupError(f"DATA={data} is not empty: restore into a new folder, then use that one")
    beside = data.with_name(f".{data.name}.restore")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        with tarfile.open(source, "r") as tar:
            found = _unpack(tar, beside)
        # What was there is empty but for a lock and the marker of a first night.
        shutil.rmtree(data, ignore_errors=True)
        beside.rename(data)
    except (tarfile.TarError, OSError, ValueError, KeyError) as error:
        raise BackupError(f"{source.name} cannot be restored: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return found


def _unpack(tar: tarfile.TarFile, target: Path) -> int:
    opened = tar.extractfile(LIST)
    if opened is None:
        raise BackupError("the backup has no list of its files")
    listed = json.loads(opened.read())
    wanted = dict(listed["files"])
    for member in tar:
        if member.name == LIST:
            continue
        stored = tar.extractfile(member) if member.isfile() else None
        if member.name not in wanted or stored is None:
            raise BackupError(f"the backup holds {member.name!r}, which its list does not name")
        place = _inside(target, member.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            shutil.copyfileobj(stored, file, CHUNK)
        place.chmod(member.mode & 0o755 | 0o600)
        os.utime(place, (member.mtime, member.mtime))
    for name, sha in wanted.items():
        if not (target / name).is_file() or _sha256(target / name) != sha:
            raise BackupError(f"{name} is not as it was when it was kept")
    for name, to in dict(listed["links"]).items():
        if "/" in to:
            raise BackupError(f"the backup's {name} leads out of its folder")
        _inside(target, name).symlink_to(to)
    return len(wanted)


def _inside(target: Path, name: str) -> Path:
    """Where a file of that name goes; an absolute name or one with `..` goes nowhere."""
    place = target / name
    if ".." in Path(name).parts or not place.is_relative_to(target):
        raise BackupError(f"the backup's {name!r} leads out of its folder")
    return place


def _files(data: Path) -> Iterator[Path]:
    """The files to keep; hidden ones are work that was cut off."""
    for path in sorted(data.rglob("*")):
        parts = path.relative_to(data).parts
        hidden = any(part.startswith(".") and part != ".seen.json" for part in parts)
        if path.is_file() and not path.is_symlink() and not hidden and not LEFT_OUT & set(parts):
            yield path


def _links(data: Path) -> dict[str, str]:
    pointer = served.current(data)
    return {pointer.relative_to(data).as_posix(): os.readlink(pointer)} if pointer.is_symlink() else {}


def _settle(data: Path) -> None:
    """Let each private file take in its write-ahead log, and forget loads that were cut off.

    Of these only the counts would be kept, without the rows beside them that tell so.
    """
    recovery.recover_all(data)
    for path in data.glob("*.duckdb"):
        with open_file(path) as connection:
            connection.execute("checkpoint")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _keep(now: Night, options: argparse.Namespace) -> int:
    target = Path(options.to or now.data.with_name(f"{now.data.name}-{now.as_of}.tar")).resolve()
    if target.is_relative_to(now.data):
        raise BackupError("a backup is kept outside DATA, or it would hold itself: choose another TO=")
    # Before the folder is claimed, which would make it.
    home.inhabited(now.data)
    home.claim(now.tenant, now.data)
    home.hold(now.data)
    try:
        print(f"{write(now.data, target):,} files kept in {target}")
    finally:
        home.release(now.data)
    return 0


def _bring_back(now: Night, options: argparse.Namespace) -> int:
    source = Path(options.restore).resolve()
    if not source.is_file():
        raise BackupError(f"there is no backup {source}")
    print(f"{restore(source, now.data):,} files restored to {now.data}")
    # Says at once when the backup is another tenant's or was made under another key.
    home.claim(now.tenant, now.data)
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments(__doc__ or "")
    parser.add_argument("--to", default="", help="file to write; default beside DATA, named for the day")
    parser.add_argument("--restore", default="", help="file to bring back instead")
    options = parser.parse_args(argv)

    def command() -> int:
        now = nightly.settle(options)
        return (_bring_back if options.restore else _keep)(now, options)

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())

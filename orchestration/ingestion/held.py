"""Holding: a landing file in memory, read once, with the hash of the very bytes that are held.

A file that is known has its hash taken and no more. One that is new for certain is only hashed as it
is read to be loaded, by a thread that follows the reader.
"""

from __future__ import annotations

import hashlib
import mmap
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from orchestration.ingestion import unpack
from orchestration.ingestion.document import Source
from orchestration.ingestion.errors import ChangedFileError, LandingError
from orchestration.ingestion.landing import Landed

# Below it a second read costs less than the thread; above it a file is read from disk.
LEAST, MOST = 4 << 20, 128 << 20
STEP = 1 << 20


def is_for(landed: Landed, size: int, source: Source) -> bool:
    """Whether a file is of a kind and size to be held."""
    is_text = source.format in ("csv", "ndjson") and source.encoding in unpack.IN_PLACE
    return is_text and LEAST <= size <= MOST and unpack.compression(landed.path, source) == "none"


def read(landed: Landed, size: int) -> tuple[mmap.mmap, str]:
    """A file of a size, and the hash of what was read.

    Raises
    ------
    ChangedFileError
        There is less of it.
    LandingError
        It cannot be read.
    MemoryError
        There is no room for it.
    """
    content, digest, done = _room(size), hashlib.sha256(), SimpleQueue[memoryview]()

    def follow() -> None:
        while piece := done.get():
            digest.update(piece)

    whole = memoryview(content)
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(follow)
        try:
            with landed.path.open("rb", buffering=0) as file:
                for place in range(0, size, STEP):
                    piece = whole[place : place + STEP]
                    if file.readinto(piece) != len(piece):
                        raise ChangedFileError(f"{landed.name} became shorter while it was read")
                    done.put(piece)
        except OSError as error:
            raise LandingError(f"{landed.path.name} cannot be read: {error.strerror}") from error
        finally:
            done.put(whole[:0])
        following.result()
    return content, digest.hexdigest()


def _room(size: int) -> mmap.mmap:
    try:
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError from error

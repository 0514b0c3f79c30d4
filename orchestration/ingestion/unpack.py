"""Compressed or differently encoded files become plain UTF-8 beside the data, within limits."""

from __future__ import annotations

import codecs
import gzip
import mmap
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from orchestration.ingestion import lines
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.feed import Source
from orchestration.ingestion.lines import Line
from orchestration.ingestion.reading import Pick

CHUNK = 1 << 20
# Two kilobytes of a bomb unfold into 64 megabytes at most.
ZST_STEP = 2048
# A real export compresses 5 to 30 times; past both limits it is a bomb.
MAX_RATIO = 200
FREE_BYTES = 64 << 20
MAX_BYTES = 8 << 30
# In these no byte of a line end is ever part of another character.
IN_PLACE = frozenset(
    {"utf-8", "utf-8-sig", "ascii", "gbk", "gb18030", "gb2312", "big5", "iso8859-1", "cp1252"}
)
WIDE = {"utf-16": 2, "utf-16-le": 2, "utf-16-be": 2, "utf-32": 4, "utf-32-le": 4, "utf-32-be": 4}


@dataclass(frozen=True)
class Plain:
    """A file as plain bytes in its own encoding.

    Parameters
    ----------
    path : Path
        The landing file itself, or its unpacked copy.
    encoding : str
        Of those bytes.
    """

    path: Path
    encoding: str

    @property
    def newline(self) -> bytes:
        """A line feed in this encoding."""
        return "\n".encode(line_encoding(self))

    @contextmanager
    def bytes(self) -> Iterator[mmap.mmap | bytes]:
        """The content, mapped and not read."""
        with self.path.open("rb") as file:
            if self.path.stat().st_size == 0:
                yield b""
                return
            # Closed as the last look at it ends: until then it cannot be.
            yield mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def compression(path: Path, source: Source) -> str:
    """As declared, or as the suffix says: `none`, `gz` or `zst`."""
    if source.compression != "auto":
        return source.compression
    return {".gz": "gz", ".zst": "zst"}.get(path.suffix.lower(), "none")


def unpack(path: Path, source: Source, temporary: Path) -> Plain:
    """Undo the compression.

    Raises
    ------
    UnreadableFileError
        Damaged, or unfolding into more than is reasonable.
    """
    packed_as = compression(path, source)
    if packed_as == "none":
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFileError("too_large", f"holds more than {MAX_BYTES} bytes")
        return Plain(path, source.encoding)
    target = temporary / "unpacked"
    with target.open("wb") as out:
        for piece in _unfolded(path, packed_as):
            out.write(piece)
    return Plain(target, source.encoding)


def content(path: Path, source: Source, limit: int) -> bytes | None:
    """A file's bytes without their compression, in memory; None when they are more than a limit.

    Raises
    ------
    UnreadableFileError
        Damaged, or unfolding into more than is reasonable.
    """
    packed_as = compression(path, source)
    if path.stat().st_size > limit:
        return None
    if packed_as == "none":
        return path.read_bytes()
    pieces, size = [], 0
    for piece in _unfolded(path, packed_as):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return None
    return b"".join(pieces)


def _unfolded(path: Path, packed_as: str) -> Iterator[bytes]:
    """The pieces of an archive, checked."""
    limit, size = max(FREE_BYTES, min(MAX_BYTES, path.stat().st_size * MAX_RATIO)), 0
    try:
        with path.open("rb") as file:
            for piece in _gz(file) if packed_as == "gz" else _zst(file):
                size += len(piece)
                if size > limit:
                    raise UnreadableFileError("too_large", f"unfolds into more than {limit} bytes")
                yield piece
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise UnreadableFileError("unreadable_file", f"damaged {packed_as} archive") from error


def _gz(file: BinaryIO) -> Iterator[bytes]:
    with gzip.open(file) as packed:
        while piece := packed.read(CHUNK):
            yield piece


def _zst(file: BinaryIO) -> Iterator[bytes]:
    # The library's stream reader takes a cut-off frame for a whole one.
    frame: zstandard.ZstdDecompressionObj | None = None
    while packed := file.read(ZST_STEP):
        while packed:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(packed)
            packed = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    if frame is not None:
        raise EOFError("cut off")


def is_utf8(plain: Plain) -> bool:
    """Whether its bytes can be read as UTF-8 in place."""
    return plain.encoding in ("utf-8", "utf-8-sig", "ascii")


def _marked(path: Path, encoding: str) -> str:
    """UTF-16 and UTF-32 without a byte order in their name have it in their first bytes."""
    if encoding not in ("utf-16", "utf-32"):
        return encoding
    with path.open("rb") as file:
        head = file.read(4)
    little = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE)) or head[:1] != b"\0"
    return f"{encoding}-{'le' if little else 'be'}"


def line_encoding(plain: Plain) -> str:
    """The encoding to decode one line with."""
    encoding = _marked(plain.path, plain.encoding)
    return "utf-8" if encoding in ("utf-8-sig", "ascii") else encoding


def picker(plain: Plain, newline: bytes) -> Pick:
    """Raw lines of a plain file."""

    def pick(wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
        with plain.bytes() as content:
            yield from lines.pick(content, newline, wanted)

    return pick

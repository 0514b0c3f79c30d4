"""Physical lines of a file: how many there are, where each begins, and its raw bytes."""

from __future__ import annotations

import codecs
import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHUNK = 16 << 20
LINE_LIMIT = 1 << 20
# So much of a file is still in a core's cache when it is looked at again.
BLOCK = 1 << 19

Content = mmap.mmap | bytes
LF, CR = b"\n\r"


@dataclass(frozen=True)
class Line:
    """One physical line without its line end.

    Parameters
    ----------
    number : int
        From 1.
    offset : int, optional
        Of its first byte in the file (in the unpacked file, when it is compressed).
    raw : bytes
        As they are in the file.
    """

    number: int
    offset: int | None
    raw: bytes


@dataclass(frozen=True)
class Census:
    """What a look at the bytes alone tells of a file.

    Parameters
    ----------
    lines : int
        Physical lines, trailing blank ones left out.
    blank : int
        Trailing blank lines.
    delimiters, quotes : int
        How often each occurs.
    has_nul : bool
        It holds a byte that no text has.
    lone_returns : int
        Carriage returns that no line feed follows.
    """

    lines: int
    blank: int
    delimiters: int
    quotes: int
    has_nul: bool
    lone_returns: int


def newline_of(content: Content, newline: bytes = b"\n") -> bytes:
    """The line end a file uses: a lone carriage return counts when there is no line feed."""
    old = newline.replace(b"\n", b"\r")
    return old if content.find(newline) < 0 <= content.find(old) else newline


def census(content: Content, delimiter: bytes = b"", quote: bytes = b"", start: int = 0) -> Census:
    """Count in one pass over UTF-8 bytes, those before a start left out."""
    size = len(content)
    whole = np.frombuffer(content, dtype=np.uint8) if size else np.zeros(0, dtype=np.uint8)
    ends = delimiters = quotes = lone_returns = 0
    has_nul = False
    for place in range(start, size, BLOCK):
        block = whole[place : place + BLOCK]
        feeds = int(np.count_nonzero(block == LF))
        ends += feeds
        delimiters += _count(whole, place, delimiter)
        quotes += _count(whole, place, quote)
        # Nearly no text holds any other of the first characters.
        if np.count_nonzero(block <= CR) > feeds:
            has_nul = has_nul or not block.all()
            following = np.flatnonzero(block == CR) + place + 1
            followed = whole[following[following < size]] == LF
            lone_returns += len(following) - int(np.count_nonzero(followed))
    tail = size
    while tail > start and content[tail - 1 : tail] in (b"\n", b"\r"):
        tail -= 1
    trailing = content[tail:size].count(b"\n")
    lines = ends - trailing + (1 if tail > start else 0)
    blank = max(0, trailing - (1 if tail > start else 0))
    return Census(lines, blank, delimiters, quotes, has_nul, lone_returns)


def _count(whole: NDArray[np.uint8], place: int, mark: bytes) -> int:
    """How often a mark begins in a block."""
    if len(mark) > 1:
        return whole[place : place + BLOCK + len(mark) - 1].tobytes().count(mark)
    return int(np.count_nonzero(whole[place : place + BLOCK] == mark[0])) if mark else 0


def is_short(content: Content) -> bool:
    """Whether a line feed ends every line within the limit of its length."""
    start, size = 0, len(content)
    while size - start > LINE_LIMIT:
        start = content.rfind(b"\n", start, start + LINE_LIMIT) + 1
        if not start:
            return False
    return True


def is_utf8(content: Content) -> bool:
    """Whether all of it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), CHUNK):
            decoder.decode(content[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def starts(content: Content, newline: bytes) -> NDArray[np.int64]:
    """The offset of every line, and of the end of the file."""
    found = [np.zeros(1, dtype=np.int64)]
    size, step = len(content), len(newline)
    for start in range(0, size, CHUNK):
        chunk = np.frombuffer(content[start : start + CHUNK], dtype=np.uint8)
        hits = np.flatnonzero(chunk == newline.strip(b"\0")[0])
        if step > 1:
            lead = newline.index(newline.strip(b"\0"))
            hits = hits[hits % step == lead] - lead
            # A file that is of another encoding, or cut off, may end within a line end.
            hits = hits[hits <= len(chunk) - step]
            units = [chunk[hits + i] == byte for i, byte in enumerate(newline)]
            hits = hits[np.logical_and.reduce(units)]
        found.append(hits.astype(np.int64) + start + step)
    if size and (len(found[-1]) == 0 or found[-1][-1] != size):
        found.append(np.array([size], dtype=np.int64))
    return np.concatenate(found)


def iterate(content: Content, newline: bytes, first: int = 1) -> Iterator[Line]:
    """Every line from number `first` on; a very long one is cut, but keeps its offset."""
    if len(newline) > 1:
        offsets = starts(content, newline)
        for number in range(first, len(offsets)):
            yield line(content, offsets, number, newline)
        return
    # Whoever asks for the header alone looks no further than that.
    begin, number = 0, 1
    while begin < len(content):
        end = content.find(newline, begin) + 1 or len(content)
        if number >= first:
            yield _cut(content, begin, end, number, newline)
        begin, number = end, number + 1


def pick(content: Content, newline: bytes, wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
    """The lines of each (first line, number of lines) asked for."""
    asked = list(wanted)
    if not asked:
        return
    offsets = starts(content, newline)
    for number, span in asked:
        yield number, line(content, offsets, number, newline, span)


def line(content: Content, offsets: NDArray[np.int64], number: int, newline: bytes, span: int = 1) -> Line:
    """One line, or several as one, without the last line end; cut when it is very long."""
    begin, end = int(offsets[number - 1]), int(offsets[min(number + span - 1, len(offsets) - 1)])
    return _cut(content, begin, end, number, newline)


def _cut(content: Content, begin: int, end: int, number: int, newline: bytes) -> Line:
    raw = bytes(content[begin : min(end, begin + LINE_LIMIT + 1)])
    if len(raw) == end - begin:
        raw = raw.removesuffix(newline)
        if b"\n" in newline:
            raw = raw.removesuffix(newline.replace(b"\n", b"\r"))
    return Line(number, begin, raw)

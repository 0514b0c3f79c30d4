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

Content = mmap.mmap | bytes


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
    """

    lines: int
    blank: int
    delimiters: int
    quotes: int
    has_nul: bool


def newline_of(content: Content, newline: bytes = b"\n") -> bytes:
    """The line end a file uses: a lone carriage return counts when there is no line feed."""
    old = newline.replace(b"\n", b"\r")
    return old if content.find(newline) < 0 <= content.find(old) else newline


def census(content: Content, delimiter: bytes = b"", quote: bytes = b"", start: int = 0) -> Census:
    """Count in one pass over UTF-8 bytes, those before a start left out."""
    ends = delimiters = quotes = 0
    has_nul = False
    size = len(content)
    for place in range(start, size, CHUNK):
        if isinstance(content, bytes):
            chunk, low, high = content, place, min(place + CHUNK, size)
        else:
            chunk, low, high = content[place : place + CHUNK], 0, CHUNK
        ends += chunk.count(b"\n", low, high)
        delimiters += chunk.count(delimiter, low, high) if delimiter else 0
        quotes += chunk.count(quote, low, high) if quote else 0
        has_nul = has_nul or chunk.find(b"\0", low, high) >= 0
    tail = size
    while tail > start and content[tail - 1 : tail] in (b"\n", b"\r"):
        tail -= 1
    trailing = content[tail:size].count(b"\n")
    lines = ends - trailing + (1 if tail > start else 0)
    return Census(lines, max(0, trailing - (1 if tail > start else 0)), delimiters, quotes, has_nul)


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

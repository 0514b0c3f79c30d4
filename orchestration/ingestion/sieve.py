"""Sieving: the few lines that cannot be records are set aside, so the fast reader takes the rest.

Whatever the encoding and the line ends, what is kept is written as UTF-8 with line feeds. Only the
lines set aside are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.ingestion import csv_lines, lines
from orchestration.ingestion.document import Source
from orchestration.ingestion.lines import LINE_LIMIT, Content, Line
from orchestration.ingestion.reading import Refusal

BLOCK_LINES = 50_000


@dataclass
class Sieved:
    """What the lines came to.

    Parameters
    ----------
    kept : int
        Lines written, one record each.
    gone : list of int
        Numbers of the lines that were not, ascending.
    refused : list of Refusal
        Those of them that hold something.
    """

    kept: int = 0
    gone: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def blank(self) -> int:
        """Lines set aside because they hold nothing."""
        return len(self.gone) - len(self.refused)


def sieve(content: Content, newline: bytes, encoding: str, target: Path, *, first: int = 1) -> Sieved:
    """Set aside the lines that are not text, leaving an empty line in their place.

    Parameters
    ----------
    content : bytes-like
        The file.
    newline : bytes
        Its line end.
    encoding : str
        Of its text.
    target : Path
        The UTF-8 copy.
    first : int
        The first line to look at; those above it are left out.
    """
    done = Sieved()
    with target.open("wb") as out:
        for text, bad in _blocks(content, newline, encoding, first):
            out.write(text.encode("utf-8"))
            done.gone += [item.line for item in bad]
            done.refused += bad
            done.kept += text.count("\n") - len(bad)
    return done


def sieve_csv(
    content: Content, newline: bytes, encoding: str, target: Path, *, first: int, source: Source, width: int
) -> Sieved | None:
    """Set aside the lines that are not one whole record; None when a record may span lines."""
    done, number = Sieved(), first
    with target.open("wb") as out:
        for text, bad in _blocks(content, newline, encoding, first):
            aside = {item.line: item for item in bad}
            data = text.encode("utf-8")
            array = np.frombuffer(data, dtype=np.uint8)
            ends = np.flatnonzero(array == 10)
            marks = _per_line(array, ends, source.delimiter)
            quotes = _per_line(array, ends, source.quote)
            odd = np.flatnonzero((quotes > 0) | (marks != width - 1))
            begins = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
            drop = []
            for index in odd.tolist():
                line = data[int(begins[index]) : int(ends[index])].decode()
                fields = csv_lines.fields_of(line, source)
                if len(fields) == width and (width > 1 or line.strip()):
                    continue
                if not fields and number + index not in aside:
                    return None
                drop.append(index)
                if number + index in aside:
                    done.refused.append(aside[number + index])
                elif line.strip():
                    raw = _raw(content, newline, number + index)
                    done.refused.append(csv_lines.refusal(raw, len(fields), width))
                done.gone.append(number + index)
            start = 0
            for index in drop:
                out.write(data[start : int(begins[index])])
                start = int(ends[index]) + 1
            out.write(data[start:])
            done.kept += len(ends) - len(drop)
            number += len(ends)
    return done


def _per_line(array: NDArray[np.uint8], ends: NDArray[np.intp], mark: str) -> NDArray[np.intp]:
    """How often an ASCII character occurs in each line."""
    if not mark:
        return np.zeros(len(ends), dtype=np.intp)
    found = np.searchsorted(np.flatnonzero(array == ord(mark)), ends)
    return np.diff(found, prepend=0)


def _raw(content: Content, newline: bytes, number: int) -> Line:
    return next(lines.pick(content, newline, [(number, 1)]))[1]


def _blocks(
    content: Content, newline: bytes, encoding: str, first: int
) -> Iterator[tuple[str, list[Refusal]]]:
    """Text of many lines at a time, a bad line empty in it, and those bad lines."""
    offsets = lines.starts(content, newline)
    end = newline.decode(encoding)
    for low in range(first - 1, len(offsets) - 1, BLOCK_LINES):
        high = min(low + BLOCK_LINES, len(offsets) - 1)
        bad = _undecodable(content, offsets, low, high, encoding)
        pieces, start = [], low
        for index in [*bad, high]:
            piece = bytes(content[int(offsets[start]) : int(offsets[index])]).decode(encoding)
            pieces.append(piece if index == high or piece.endswith(end) or not piece else piece + end)
            if index != high:
                pieces.append(end)
            start = index + 1
        text = "".join(pieces)
        if low == 0:
            text = text.removeprefix("\ufeff")
        text = text.replace("\r\n", "\n") if end == "\n" else text.replace(end, "\n")
        yield (
            (text if text.endswith("\n") else text + "\n"),
            [_refusal(lines.line(content, offsets, index + 1, newline), encoding) for index in bad],
        )


def _undecodable(
    content: Content, offsets: NDArray[np.int64], low: int, high: int, encoding: str
) -> list[int]:
    """Indexes of the lines that are not text, or too long for one."""
    found = set((low + np.flatnonzero(np.diff(offsets[low : high + 1]) > LINE_LIMIT)).tolist())
    start = low
    while start < high:
        begin = int(offsets[start])
        block = bytes(content[begin : int(offsets[high])])
        try:
            text = block.decode(encoding)
        except UnicodeDecodeError as error:
            index = int(np.searchsorted(offsets, begin + error.start, side="right")) - 1
            found.add(index)
            # What lies before it decoded, but may still hold a NUL.
            text, block = "", block[: int(offsets[index]) - begin]
            text = block.decode(encoding)
            following = index + 1
        else:
            following = high
        if "\0" in text:
            found |= _with_nul(content, offsets, start, following, encoding)
        start = following
    return sorted(found)


def _with_nul(content: Content, offsets: NDArray[np.int64], low: int, high: int, encoding: str) -> set[int]:
    zero = "\0".encode(encoding)
    found = set()
    for index in range(low, high):
        raw = bytes(content[int(offsets[index]) : int(offsets[index + 1])])
        if zero in raw and "\0" in raw.decode(encoding, errors="ignore"):
            found.add(index)
    return found


def _refusal(line: Line, encoding: str) -> Refusal:
    why = csv_lines.decode(line, encoding)
    if isinstance(why, Refusal):
        return why
    return Refusal(line.number, line.offset, line.raw, "bad_encoding")

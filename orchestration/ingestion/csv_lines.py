"""Delimited text, line by line: slow, exact, and it loses nothing whatever the file holds.

Used where the vectorised reader refuses a file or breaks the conservation law. A record may span
lines only if its quotes close and it then has as many fields as the header; otherwise its first
line alone is refused and reading goes on with the next, so that one open quote costs one line.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.ingestion.feed import Source
from orchestration.ingestion.lines import LINE_LIMIT, Line
from orchestration.ingestion.reading import Refusal

SPAN_LIMIT, TRY_LIMIT = 1000, 200
csv.field_size_limit(LINE_LIMIT * 2)


@dataclass
class Parsed:
    """What came of the lines."""

    records: int = 0
    blank: int = 0
    refused: list[Refusal] = field(default_factory=list)


class _Pending:
    """Lines still to be read; some come back when a record turns out not to span them."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines, self._back = lines, deque[Line]()

    def next(self) -> Line | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def put_back(self, lines: list[Line]) -> None:
        self._back.extendleft(reversed(lines))


def parse(lines: Iterator[Line], width: int, source: Source, encoding: str, target: Path) -> Parsed:
    """Write every record as (line, span, fields...) to a clean CSV file.

    Parameters
    ----------
    lines : iterator of Line
        Without the header.
    width : int
        How many fields a record has.
    source : Source
        Delimiter and quote.
    encoding : str
        Of the raw bytes.
    target : Path
        The clean file.
    """
    done, pending = Parsed(), _Pending(lines)
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        while (line := pending.next()) is not None:
            text = decode(line, encoding)
            if isinstance(text, Refusal):
                done.refused.append(text)
            elif not text.strip() and source.delimiter not in text:
                done.blank += 1
            else:
                fields, span = _record(text, pending, width, source, encoding)
                if len(fields) == width:
                    writer.writerow([line.number, span, *fields])
                    done.records += 1
                else:
                    done.refused.append(refusal(line, len(fields), width))
    return done


def fields_of(text: str, source: Source) -> list[str]:
    """The fields of one record; empty when its quotes are wrong."""
    return _split(text, source)[0]


def _split(text: str, source: Source) -> tuple[list[str], bool]:
    """The fields of one record, or none; and whether a quote is still open at its end."""
    if not source.quote or source.quote not in text:
        return text.split(source.delimiter), False
    reader = csv.reader([text], delimiter=source.delimiter, quotechar=source.quote, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        return [], "unexpected end" in str(error)
    return (rows[0] if len(rows) == 1 else []), False


def decode(line: Line, encoding: str) -> str | Refusal:
    """A line's text, or why it has none."""
    if len(line.raw) > LINE_LIMIT:
        return Refusal(line.number, line.offset, line.raw, "too_long")
    try:
        text = line.raw.decode(encoding)
    except UnicodeDecodeError:
        return Refusal(line.number, line.offset, line.raw, "bad_encoding")
    if "\0" in text:
        return Refusal(line.number, line.offset, line.raw, "bad_encoding")
    return text.removeprefix("\ufeff") if line.number == 1 else text


def _record(text: str, pending: _Pending, width: int, source: Source, encoding: str) -> tuple[list[str], int]:
    """The fields of the record that begins with `text`, and how many lines it takes."""
    fields, is_open = _split(text, source)
    taken: list[Line] = []
    tries = 0
    while is_open and len(text) <= LINE_LIMIT and len(taken) < SPAN_LIMIT and tries < TRY_LIMIT:
        following = pending.next()
        if following is None:
            break
        taken.append(following)
        more = decode(following, encoding)
        if isinstance(more, Refusal):
            break
        text += "\n" + more
        if source.quote in more:
            tries += 1
            fields, is_open = _split(text, source)
    if taken and len(fields) != width:
        pending.put_back(taken)
        return [], 1
    return fields, 1 + len(taken)


def refusal(line: Line, found: int, width: int) -> Refusal:
    """A line with the wrong number of fields; none found means its quotes are wrong."""
    reason = "unparsable_line"
    if found:
        reason = "too_many_columns" if found > width else "too_few_columns"
    return Refusal(line.number, line.offset, line.raw, reason)

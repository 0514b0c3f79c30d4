"""Delimited text: vectorised, checked by its bytes, and line by line where the check fails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingestion import csv_lines, lines, sieve, unpack
from orchestration.ingestion.document import Source
from orchestration.ingestion.engine import file_literal, literal, scalar
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.lines import LINE_LIMIT, Content, Line
from orchestration.ingestion.reading import SOURCE, Reading
from orchestration.ingestion.sieve import Sieved
from orchestration.ingestion.unpack import Plain

HEADER_LINES = 20
# A table is planned column by column: a hundred thousand of them would take all memory there is.
MAX_COLUMNS = 4_096
# As the reader's option spells a line feed.
LF = "\\n"


@dataclass(frozen=True)
class Header:
    """The names in a file's first record.

    Parameters
    ----------
    names : list of str
        In the file's order, trimmed; a nameless column gets a name by its place.
    raw : bytes
        As they are in the file, blank lines above them included.
    span : int
        Physical lines; 0 when the feed gives the names instead.
    """

    names: list[str]
    raw: bytes
    span: int

    def columns(self) -> dict[str, str]:
        """Name to column of the table `source`; a repeated name keeps its first column."""
        found: dict[str, str] = {}
        # No SQL text can hold a NUL.
        for place, name in enumerate(name.replace("\0", "") for name in self.names):
            unique = name if name not in found else f"{name}_{place + 1}"
            found[unique] = f"c{place}"
        return found

    @property
    def line(self) -> Line | None:
        """Where it is in the file; nothing when it is not there."""
        return Line(1, 0, self.raw) if self.raw else None

    @property
    def twice(self) -> set[str]:
        """Names given more than once."""
        return {name for name in self.names if self.names.count(name) > 1}


def read(connection: duckdb.DuckDBPyConnection, plain: Plain, source: Source, temporary: Path) -> Reading:
    """Read one file into the table `source`.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A scratch database.
    plain : Plain
        The unpacked file.
    source : Source
        What the feed says of its dialect.
    temporary : Path
        A folder of its own for work files.
    """
    with plain.bytes() as content:
        newline = lines.newline_of(content, plain.newline)
        encoding = unpack.line_encoding(plain)
        header = header_of(content, source, encoding, newline)
        if len(header.names) > MAX_COLUMNS:
            raise UnreadableFileError("too_large", f"has more than {MAX_COLUMNS} columns")
        pick = unpack.picker(plain, newline)
        reading = Reading(header.columns(), header=header.line, twice=header.twice, pick=pick)
        plainly_quoted = not has_spaced_quote(content, source)
        readable = header.names and newline == b"\n" and unpack.is_utf8(plain) and plainly_quoted
        if readable and _fast(connection, plain.path, content, source, header, reading):
            return reading
        clean, width = temporary / "clean", len(header.names)
        if header.names and source.delimiter.isascii() and source.quote.isascii() and plainly_quoted:
            sieved = sieve.sieve_csv(
                content, newline, encoding, clean, first=header.span + 1, source=source, width=width
            )
            if sieved is not None and _sieved(connection, clean, source, header, sieved):
                reading.refused, reading.blank = [sieved.refused], [sieved.blank]
                return reading
        numbered = lines.iterate(content, newline, first=header.span + 1)
        parsed = csv_lines.parse(numbered, width, source, encoding, clean)
        load_clean(connection, clean, width, source)
    reading.refused, reading.blank = [parsed.refused], [parsed.blank]
    return reading


def has_spaced_quote(content: Content, source: Source) -> bool:
    """Whether a quote follows blanks at the start of a field: the vectorised reader takes it as an
    opening quote and drops the blanks, the rule here is that such a field is not quoted.
    """
    quote = source.quote.encode()
    # Looking for two bytes takes a hundredth of the time that the pattern does.
    if not quote or all(content.find(blank + quote) < 0 for blank in (b" ", b"\t")):
        return False
    mark, delimiter = re.escape(quote), re.escape(source.delimiter.encode())
    return re.search(rb"(?:\A|[\r\n]|" + delimiter + rb")[ \t]+" + mark, content) is not None


def _sieved(
    connection: duckdb.DuckDBPyConnection, clean: Path, source: Source, header: Header, sieved: Sieved
) -> bool:
    """Whether every kept line became one record; then each has its line number in the file."""
    names = [f"c{i}" for i in range(len(header.names))]
    reader = reader_of(
        [clean], dict.fromkeys(names, "varchar"), source, source.delimiter, source.quote, 0, LF
    )
    try:
        connection.execute(
            f"create or replace temp table {SOURCE} as select "
            f"cast(row_number() over () + {header.span} as bigint) as _line, "
            f"cast(1 as bigint) as _span, * from {reader}"
        )
    except duckdb.Error:
        return False
    broken = occurrences(names, "chr(10)")
    row = connection.execute(f"select count(*), coalesce(sum({broken}), 0) from {SOURCE}").fetchone()
    if row != (sieved.kept, 0):
        return False
    if sieved.gone:
        # The n-th gap moves every later record down by one more line; of gaps in a row the last counts.
        moved = {line - n: n + 1 for n, line in enumerate(sieved.gone)}
        gaps = ", ".join(f"({low}, {by})" for low, by in moved.items())
        connection.execute(
            f"create or replace temp table {SOURCE} as select _line + coalesce(moved, 0) as _line, "
            f"_span, {', '.join(names)} from {SOURCE} "
            f"asof left join (values {gaps}) as gaps(low, moved) on _line >= low order by _line"
        )
    return True


def header_of(content: Content, source: Source, encoding: str, newline: bytes) -> Header:
    """The names of a file's columns; none for an empty file."""
    if not source.header:
        # A name list in the feed is the header; the first line is a record like any other.
        return Header(list(source.columns), b"", 0)
    read: list[Line] = []
    for line in lines.iterate(content, newline) if len(content) else ():
        read.append(line)
        text = newline.join(line.raw for line in read).decode(encoding, errors="replace")
        text = text.removeprefix("\ufeff")
        if not text.strip():
            read.clear()
            continue
        fields = csv_lines.fields_of(text, source)
        if fields:
            named = [name.strip() or f"column_{i}" for i, name in enumerate(fields, 1)]
            return Header(
                named, _above(content, read[0]) + newline.join(line.raw for line in read), line.number
            )
        if line.number >= HEADER_LINES:
            break
    if not read:
        return Header([], b"", 0)
    # Quotes that never close: take the first line as it stands.
    first = read[0]
    text = first.raw.decode(encoding, errors="replace").removeprefix("\ufeff")
    names = [name.strip() for name in text.split(source.delimiter)]
    return Header(names, _above(content, first) + first.raw, first.number)


def _above(content: Content, line: Line) -> bytes:
    """The blank lines above a header, unless they are a file of their own."""
    offset = line.offset or 0
    return bytes(content[:offset]) if offset <= LINE_LIMIT else b""


def load_clean(connection: duckdb.DuckDBPyConnection, clean: Path, width: int, source: Source) -> None:
    """The table `source` from a file written by `csv_lines`."""
    kinds = {"_line": "bigint", "_span": "bigint"} | {f"c{i}": "varchar" for i in range(width)}
    connection.execute(
        f"create or replace temp table {SOURCE} as select * from "
        f"{reader_of([clean], kinds, source, delimiter=',', quote=chr(34), header=0, line_end=LF)}"
    )


def _fast(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    content: Content,
    source: Source,
    header: Header,
    reading: Reading,
) -> bool:
    """Whether the vectorised reader took in every byte; if not, the table is to be replaced."""
    census = lines.census(content, source.delimiter.encode(), source.quote.encode())
    if census.has_nul:
        return False
    names = [f"c{i}" for i in range(len(header.names))]
    reader = reader_of(
        [path], dict.fromkeys(names, "varchar"), source, source.delimiter, source.quote, header.span
    )
    try:
        connection.execute(
            f"create or replace temp table {SOURCE} as select "
            f"cast(row_number() over () + {header.span} as bigint) as _line, "
            f"cast(1 as bigint) as _span, * from {reader}"
        )
    except duckdb.Error:
        return False
    records = scalar(connection, f"select count(*) from {SOURCE}")
    ends, delimiters = 0, 0
    if census.quotes:
        ends, delimiters = (
            scalar(connection, f"select coalesce(sum({occurrences(names, mark)}), 0) from {SOURCE}")
            for mark in ("chr(10)", literal(source.delimiter))
        )
        delimiters += sum(name.count(source.delimiter) for name in header.names)
    rows = records + (1 if header.span else 0)
    conserved = census.lines == header.span + records + ends
    if not conserved or census.delimiters != (len(names) - 1) * rows + delimiters:
        return False
    if ends:
        _renumber(connection, names)
    reading.blank = [census.blank]
    return True


def reader_of(
    paths: list[Path],
    kinds: dict[str, str],
    source: Source,
    delimiter: str,
    quote: str,
    header: int,
    line_end: str | None = None,
) -> str:
    """SQL: the strict reader, every column under a given name and type, nothing guessed."""
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
    nulls = ", ".join(literal(text) for text in ["", *source.null_values])
    return (
        f"read_csv([{', '.join(map(file_literal, paths))}], auto_detect = false, header = false, "
        f"skip = {header}, delim = {literal(delimiter)}, quote = {literal(quote)}, "
        f"escape = {literal(quote)}, columns = {{{columns}}}, nullstr = [{nulls}], "
        f"strict_mode = true, null_padding = false, max_line_size = {LINE_LIMIT}, "
        f"{'' if line_end is None else f'new_line = {literal(line_end)}, '}"
        f"filename = {str(len(paths) > 1).lower()})"
    )


def occurrences(names: list[str], mark: str) -> str:
    """SQL: how often a character (an SQL literal) occurs inside a record's values."""
    held = " or ".join(f"contains({name}, {mark})" for name in names)
    counted = " + ".join(
        f"coalesce(length({name}) - length(replace({name}, {mark}, '')), 0)" for name in names
    )
    return f"case when {held} then {counted} else 0 end"


def _renumber(connection: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """Line numbers where values hold line ends: each record begins after all before it."""
    connection.execute(
        f"create or replace temp table {SOURCE} as "
        f"select _line + coalesce(sum(_ends) over (order by _line rows between unbounded preceding "
        f"and 1 preceding), 0)::bigint as _line, 1 + _ends as _span, {', '.join(names)} "
        f"from (select *, ({occurrences(names, 'chr(10)')})::bigint as _ends from {SOURCE}) order by _line"
    )

"""Text in memory: files whose bytes alone prove where each record begins and ends.

Arrow takes such a file apart for less than the planning of one query costs, packed or in another
encoding all the same. Any doubt, and the file is left to the reader of its format.
"""

from __future__ import annotations

import codecs
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from orchestration.ingestion import held, lines, read_csv, unpack
from orchestration.ingestion.document import Source
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.lines import LINE_LIMIT, Census, Content, Line
from orchestration.ingestion.read_csv import Header
from orchestration.ingestion.reading import DOCUMENT, SHIFT, Pick, Refusal

ARRIVED = "arrived"
# Most files with quotes have one near their beginning.
LOOK_BYTES = 4 << 20
# Below it Arrow's own threads cost more than they do.
ONE_THREAD = 4 << 20
NO_FIELD = "\x01"
DECIMAL = pa.decimal128(18, 4)
SHAPED = len("2026-05-01T12:00:00Z")


@dataclass(frozen=True)
class Taken:
    """A file taken apart.

    Parameters
    ----------
    raw : bytes-like
        What it holds, unpacked, in its own encoding.
    header : Header
        Of a CSV file; of NDJSON one without names.
    blank : int
        Trailing lines that hold nothing, of a CSV file.
    table : pyarrow.Table
        Its records: text columns c0, c1, ... or `document`.
    refused : list of Refusal
        Lines that are not text; in the table they are records without a value.
    """

    raw: Content
    header: Header
    blank: int
    table: pa.Table
    refused: list[Refusal] = field(default_factory=list)


def take(path: Path, source: Source, content: Content | None = None) -> Taken | None:
    """Take a landing file apart, be it in memory already; None when its bytes leave any doubt, or do
    not fit.
    """
    plain = unpack.Plain(path, source.encoding)
    encoding = "utf-8" if unpack.is_utf8(plain) else source.encoding
    if source.format not in ("csv", "ndjson") or encoding not in unpack.IN_PLACE:
        return None
    try:
        return _taken(path, source, encoding, content)
    except MemoryError:
        # DuckDB reads it from disk, within its own limit.
        return None


def _taken(path: Path, source: Source, encoding: str, content: Content | None) -> Taken | None:
    try:
        raw = content or unpack.content(path, source, held.MOST)
        text = raw if encoding == "utf-8" or raw is None else str(raw, encoding).encode()
    except (UnreadableFileError, UnicodeError):
        return None
    if not raw or not text or (text is not raw and not _is_lines(raw)):
        return None
    try:
        return _csv(raw, text, source, encoding) if source.format == "csv" else _ndjson(raw, text)
    except pa.ArrowInvalid:
        return None


def show(connection: duckdb.DuckDBPyConnection, files: list[Taken], without: Collection[int] = ()) -> str:
    """Let a connection see the records of files, one after the other; gives the relation's name.

    It has `_line` (the file's place and the line, see `reading.FILE`) before the text columns; lines
    that are refused already, or named here, are not in it.
    """
    tables = []
    for place, file in enumerate(files):
        first = (place << SHIFT) + file.header.span + 1
        numbers = pa.array(np.arange(first, first + file.table.num_rows))
        table = file.table.add_column(0, "_line", numbers)
        gone = [(place << SHIFT) + item.line for item in file.refused] + [*without]
        # What lies between is shown as it is; a filter would copy it.
        ends = sorted({place for line in gone if 0 <= (place := line - first) < table.num_rows})
        begins = [0, *(place + 1 for place in ends)]
        pieces = zip(begins, [*ends, table.num_rows], strict=True)
        tables += [table.slice(begin, end - begin) for begin, end in pieces]
    connection.register(ARRIVED, pa.concat_tables(tables))
    return ARRIVED


def as_instants(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """UTC times of texts that are all of the shape `2026-05-01T12:00:00Z` or missing; else None.

    Arrow takes shorter and longer shapes too, of this length no other.
    """
    size = pc.min_max(pc.binary_length(texts)).as_py()
    if (size["min"], size["max"]) != (SHAPED, SHAPED):
        return None
    return _cast(texts, pa.timestamp("us", "UTC"), pa.timestamp("us"))


def as_decimals(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Amounts of texts that are all plain numbers of at most four decimals or missing; else None."""
    # Of these characters Arrow takes a number without an exponent and no other text.
    if not all(_within(chunk, b"+", b"9") for chunk in texts.chunks):
        return None
    return _cast(texts, DECIMAL)


def _cast(texts: pa.ChunkedArray, *kinds: pa.DataType) -> pa.ChunkedArray | None:
    """Texts as one type after the other, by as many threads as there are cores; None when one is not."""

    def cast(chunk: pa.Array) -> pa.Array:
        for kind in kinds:
            chunk = chunk.cast(kind)
        return chunk

    try:
        if texts.num_chunks == 1:
            return pa.chunked_array([cast(texts.chunk(0))])
        with ThreadPoolExecutor(pa.cpu_count()) as pool:
            return pa.chunked_array(pool.map(cast, texts.chunks), kinds[-1])
    except pa.ArrowInvalid:
        return None


def _within(chunk: pa.Array, least: bytes, most: bytes) -> bool:
    """Whether every byte of some texts lies in a range."""
    _, offsets, values = chunk.buffers()
    if values is None:
        return True
    begin, end = np.frombuffer(offsets, np.int32)[[chunk.offset, chunk.offset + len(chunk)]]
    said = np.frombuffer(values, np.uint8)[begin:end]
    return not len(said) or bool(said.min() >= least[0] and said.max() <= most[0])


def picker(files: list[Taken]) -> Pick:
    """Raw lines of the files."""

    def pick(wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
        by_file: dict[int, list[tuple[int, int]]] = {}
        for position, span in wanted:
            by_file.setdefault(position >> SHIFT, []).append((position & ((1 << SHIFT) - 1), span))
        for place, asked in by_file.items():
            for number, line in lines.pick(files[place].raw, b"\n", asked):
                yield (place << SHIFT) + number, line

    return pick


def _is_lines(content: Content, counted: Census | None = None) -> bool:
    """Whether it is lines of a sound length that a line feed ends, without a NUL."""
    census = counted or lines.census(content)
    return not census.has_nul and not census.lone_returns and lines.is_short(content)


def _csv(raw: Content, text: Content, source: Source, encoding: str) -> Taken | None:
    header = read_csv.header_of(raw, source, encoding, b"\n")
    width, delimiter = len(header.names), source.delimiter.encode()
    start = 0
    for _ in range(header.span):
        start = text.find(b"\n", start) + 1 or len(text)
    is_marked = not start and text[:3] == BOM_UTF8
    if not 0 < width <= read_csv.MAX_COLUMNS or len(delimiter) != 1 or is_marked:
        return None
    quote = source.quote.encode()
    if (quote and quote in text[start : start + LOOK_BYTES]) or not _is_lines(text[:start]):
        return None
    names, nulls = [f"c{place}" for place in range(width)], ["", *source.null_values]

    def parse(body: pa.Buffer) -> pa.Table:
        return _parsed(body, names, source.delimiter, nulls, has_blank=False)

    census, table = _counted(text, delimiter, quote, start, parse)
    if census.quotes or not census.lines or not _is_lines(text, census):
        return None
    if census.delimiters != (width - 1) * census.lines:
        return None
    return Taken(raw, header, census.blank, table) if table.num_rows == census.lines else None


def _counted(
    text: Content, delimiter: bytes, quote: bytes, start: int, parse: Callable[[pa.Buffer], pa.Table]
) -> tuple[Census, pa.Table]:
    """What the bytes from a start on tell, and what a parser makes of them."""
    body = pa.py_buffer(text).slice(start)
    if body.size <= ONE_THREAD:
        return lines.census(text, delimiter, quote, start), parse(body)
    # Arrow has no need of Python, which counts meanwhile.
    with ThreadPoolExecutor(1) as pool:
        parsing = pool.submit(parse, body)
        return lines.census(text, delimiter, quote, start), parsing.result()


def _ndjson(raw: Content, text: Content) -> Taken | None:
    if not _is_lines(text):
        return None
    text, refused = _without_bad(text)
    if text[:3] == BOM_UTF8:
        return None

    def parse(body: pa.Buffer) -> pa.Table:
        return _parsed(body, [DOCUMENT], NO_FIELD, [""], has_blank=True)

    census, table = _counted(text, NO_FIELD.encode(), b"", 0, parse)
    is_whole = table.num_rows == census.lines + census.blank and not census.delimiters
    return Taken(raw, Header([], b"", 0), 0, table, refused) if is_whole else None


def _without_bad(content: Content) -> tuple[Content, list[Refusal]]:
    """Lines without what is not UTF-8, an empty line in the place of each such line."""
    pieces: list[bytes] = []
    refused: list[Refusal] = []
    start, number = 0, 1
    while True:
        try:
            codecs.utf_8_decode(memoryview(content)[start:], "strict", True)
        except UnicodeDecodeError as error:
            begin = content.rfind(b"\n", 0, start + error.start) + 1
            end = content.find(b"\n", begin)
            end = len(content) if end < 0 else end
        else:
            return (b"".join([*pieces, content[start:]]) if pieces else content), refused
        pieces.append(content[start:begin])
        number += content[start:begin].count(b"\n")
        raw = content[begin:end].removesuffix(b"\r")
        refused.append(Refusal(number, begin, raw, "bad_encoding"))
        # The line end stays: every later line keeps its number.
        start = end


def _parsed(
    body: pa.Buffer, names: list[str], delimiter: str, nulls: list[str], *, has_blank: bool
) -> pa.Table:
    """Lines cut at a delimiter; raises ArrowInvalid where they are not text or not of one width."""
    return pyarrow.csv.read_csv(
        pa.BufferReader(body),
        read_options=pyarrow.csv.ReadOptions(
            column_names=names, use_threads=body.size > ONE_THREAD, block_size=4 * LINE_LIMIT
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=delimiter, quote_char=False, double_quote=False, ignore_empty_lines=not has_blank
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=nulls, strings_can_be_null=True
        ),
    )

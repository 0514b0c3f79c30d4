"""Bundles: small clean files of CSV with one header, or of NDJSON, read and judged in one go.

Planning a query costs more than running it over a day's file; three hundred of them are planned once.
A file that leaves any doubt is read by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb

from orchestration.ingestion import in_memory, lines, read_csv, read_json, unpack
from orchestration.ingestion.arrivals import Arrival
from orchestration.ingestion.engine import literal
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.in_memory import Taken
from orchestration.ingestion.lines import Content, Line
from orchestration.ingestion.reading import DOCUMENT, SHIFT, SOURCE, Pick, Reading
from orchestration.ingestion.unpack import Plain

FILE_BYTES, BUNDLE_BYTES, BUNDLE_FILES = 1 << 20, 16 << 20, 100
# What a packed file is taken to unfold into.
UNFOLDING = 8


def bundles(feed: Feed, waiting: list[Arrival], loaders: int = 1) -> Iterator[list[Arrival]]:
    """Arrivals in their order, those that may be read together together.

    Each of some loaders gets a share, unless planning it twice would cost more than a loader saves.
    """
    share = sum(_size(feed, item) for item in waiting) // loaders
    most = min(BUNDLE_BYTES, max(share, FILE_BYTES))
    together: list[Arrival] = []
    for arrival in waiting:
        joins = together and _fits(feed, together[-1]) and _fits(feed, arrival)
        size = sum(_size(feed, item) for item in [*together, arrival])
        roomy = len(together) < BUNDLE_FILES and size <= most
        if together and not (joins and roomy and arrival.entities == together[0].entities):
            yield together
            together = []
        together.append(arrival)
    if together:
        yield together


def _fits(feed: Feed, arrival: Arrival) -> bool:
    # One that is hashed as it is read is read by itself.
    is_text = feed.source.format in ("csv", "ndjson") and bool(arrival.sha256)
    return is_text and 0 < _size(feed, arrival) <= FILE_BYTES


def _size(feed: Feed, arrival: Arrival) -> int:
    is_packed = unpack.compression(arrival.landed.path, feed.source) != "none"
    return arrival.size * (UNFOLDING if is_packed else 1)


def taken_apart(
    feed: Feed, together: list[Arrival], content: Content | None = None
) -> tuple[list[Arrival], list[Taken]]:
    """Those of some files, of one header, that can be read together in memory; a single one may be there."""
    arrivals: list[Arrival] = []
    files: list[Taken] = []
    for arrival in together:
        taken = in_memory.take(arrival.landed.path, feed.source, content)
        if taken is not None and (not files or taken.header == files[0].header):
            arrivals.append(arrival)
            files.append(taken)
    return arrivals, files


def read_taken(
    connection: duckdb.DuckDBPyConnection, feed: Feed, names: list[str], files: list[Taken]
) -> Reading:
    """Files taken apart in memory as one table `source`; the records lie in the order of the files."""
    arrived, header = in_memory.show(connection, files), files[0].header
    blank = [file.blank for file in files]
    refused = [list(file.refused) for file in files]
    pick = in_memory.picker(files)
    if feed.source.format == "ndjson":
        columns = {name: f"c{place}" for place, name in enumerate(names)}
        reading = Reading(columns, refused, blank, document=DOCUMENT, pick=pick)
        read_json.settle(connection, feed.source, names, reading, arrived)
    else:
        reading = Reading(header.columns(), refused, blank, header.line, header.twice, pick=pick)
        connection.execute(
            f"create or replace temp table {SOURCE} as select *, cast(1 as bigint) as _span from {arrived}"
        )
    connection.unregister(arrived)
    return reading


def read(connection: duckdb.DuckDBPyConnection, feed: Feed, together: list[Arrival]) -> Reading | None:
    """Read CSV files into one table `source`; None when one of them is not simply clean."""
    source = feed.source
    delimiter, quote = source.delimiter.encode(), source.quote.encode()
    plains, blank, expected = [], [], []
    header: read_csv.Header | None = None
    for arrival in together:
        plain = Plain(arrival.landed.path, source.encoding)
        if unpack.compression(arrival.landed.path, source) != "none" or not unpack.is_utf8(plain):
            return None
        content = arrival.landed.path.read_bytes()
        found = read_csv.header_of(content, source, "utf-8", b"\n")
        census = lines.census(content, delimiter, quote)
        if header is not None and found != header:
            return None
        if not 0 < len(found.names) <= read_csv.MAX_COLUMNS or census.has_nul or b"\n" not in content:
            return None
        header = found
        plains.append(plain)
        blank.append(census.blank)
        expected.append((census.lines - header.span, census.delimiters))
    if header is None or not _load(connection, feed, plains, header, expected):
        return None
    return Reading(
        header.columns(), [[] for _ in blank], blank, header.line, header.twice, pick=_picker(plains)
    )


def _load(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    plains: list[Plain],
    header: read_csv.Header,
    expected: list[tuple[int, int]],
) -> bool:
    """Whether all bytes of all files came in: the conservation law, file by file."""
    names = [f"c{i}" for i in range(len(header.names))]
    delimiter, quote = feed.source.delimiter, feed.source.quote
    kinds, files = dict.fromkeys(names, "varchar"), [plain.path for plain in plains]
    reader = read_csv.reader_of(files, kinds, feed.source, delimiter, quote, header.span)
    paths = [str(path) for path in files]
    ends, marks = (read_csv.occurrences(names, mark) for mark in ("chr(10)", literal(feed.source.delimiter)))
    try:
        connection.execute(
            f"create or replace temp table bundle as "
            f"select row_number() over () as _n, filename as _path, {', '.join(names)} from {reader}"
        )
    except duckdb.Error:
        return False
    found = {
        path: (first, last, count, inside, marks_inside)
        for path, first, last, count, inside, marks_inside in connection.execute(
            f"select _path, min(_n), max(_n), count(*), sum({ends}), sum({marks}) from bundle group by 1"
        ).fetchall()
    }
    if set(found) - set(paths):
        return False
    in_header = sum(name.count(feed.source.delimiter) for name in header.names) + len(names) - 1
    bases = []
    for place, (path, (records, delimiters)) in enumerate(zip(paths, expected, strict=True)):
        first, last, count, inside, marked = found.get(path, (1, 0, 0, 0, 0))
        wanted = (len(names) - 1) * count + marked + (in_header if header.span else 0)
        if count != records or inside or last - first + 1 != count or delimiters != wanted:
            return False
        bases.append(f"({literal(path)}, {(place << SHIFT) + header.span + 1 - first}::bigint)")
    connection.execute(
        f"create or replace temp table {SOURCE} as "
        f"select _n + base as _line, cast(1 as bigint) as _span, {', '.join(names)} "
        f"from bundle join (values {', '.join(bases)}) as placed(path, base) on _path = path"
    )
    connection.execute("drop table bundle")
    return True


def _picker(plains: list[Plain]) -> Pick:
    def pick(wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
        by_file: dict[int, list[tuple[int, int]]] = {}
        for position, span in wanted:
            number = position & ((1 << SHIFT) - 1)
            by_file.setdefault(position >> SHIFT, []).append((number, span))
        for place, asked in by_file.items():
            with plains[place].bytes() as content:
                for number, line in lines.pick(content, b"\n", asked):
                    yield (place << SHIFT) + number, line

    return pick

"""At sight: the columns of a file and the number of its records, where bytes and line ends alone tell them.

Any doubt, and the file is left to the reader of its format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb
import pyarrow as pa

from orchestration.ingestion import engine, in_memory, lines, read_csv, read_json, unpack
from orchestration.ingestion.arrivals import Arrival
from orchestration.ingestion.engine import literal
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.in_memory import Taken
from orchestration.ingestion.read import names_of
from orchestration.ingestion.reading import DOCUMENT, Pick, Reading
from orchestration.ingestion.unpack import Plain

TABLE = "plain_records"


def read(
    connection: duckdb.DuckDBPyConnection, arrival: Arrival, feed: Feed, taken: Taken | None
) -> tuple[Reading, int] | None:
    """What a file holds, its records in the relation that the reading names, and how many they are."""
    return _in_memory(connection, feed, taken) if taken else _from_disk(connection, arrival, feed)


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the records of the last file go."""
    connection.execute(f"drop table if exists {TABLE}")
    connection.unregister(in_memory.ARRIVED)


def _of_csv(header: read_csv.Header, blank: int, relation: str, pick: Pick) -> Reading:
    return Reading(
        header.columns(),
        blank=[blank],
        header=header.line,
        twice=header.twice,
        relation=relation,
        pick=pick,
    )


def _in_memory(connection: duckdb.DuckDBPyConnection, feed: Feed, taken: Taken) -> tuple[Reading, int] | None:
    """Of a file taken apart."""
    pick, records = in_memory.picker([taken]), taken.table.num_rows - len(taken.refused)
    if feed.source.format == "csv":
        table, instants = _with_values(taken, taken.table, feed, "timestamp", in_memory.as_instants)
        table, decimals = _with_values(taken, table, feed, "decimal", in_memory.as_decimals)
        relation = in_memory.show(connection, [replace(taken, table=table)])
        with_span = f"(select *, cast(1 as bigint) as _span from {relation})"
        reading = _of_csv(taken.header, taken.blank, with_span, pick)
        return replace(reading, instants=instants, decimals=decimals), records
    relation = in_memory.show(connection, [taken])
    names = names_of(feed)
    columns = {name: f"c{place}" for place, name in enumerate(names)}
    reading = Reading(columns, [list(taken.refused)], document=DOCUMENT, pick=pick)
    gone = read_json.take_out(connection, relation, reading)
    if gone:
        in_memory.show(connection, [taken], without=gone)
    read_json.find_keys(connection, relation, reading)
    reading.relation = read_json.with_values(feed.source, names, relation)
    return (reading, records - len(gone)) if records > len(gone) else None


def _with_values(
    taken: Taken,
    table: pa.Table,
    feed: Feed,
    kind: str,
    read: Callable[[pa.ChunkedArray], pa.ChunkedArray | None],
) -> tuple[pa.Table, dict[str, str]]:
    """A table with the values of the columns that hold nothing else; their source columns and those."""
    columns, found = taken.header.columns(), dict[str, str]()
    clear = columns.keys() - taken.header.twice
    for name in {name for mapped in feed.targets.values() for name in mapped.plain(kind).values()}:
        values = read(table[columns[name]]) if name in clear else None
        if values is not None:
            found[name] = f"{kind}_{columns[name]}"
            table = table.append_column(found[name], values)
    return table, found


def _from_disk(
    connection: duckdb.DuckDBPyConnection, arrival: Arrival, feed: Feed
) -> tuple[Reading, int] | None:
    """The same of a CSV file that DuckDB reads: one with quotes, or too large for memory."""
    path, source = arrival.landed.path, feed.source
    plain = Plain(path, source.encoding)
    if source.format != "csv" or unpack.compression(path, source) != "none" or not unpack.is_utf8(plain):
        return None
    if not path.stat().st_size:
        return None
    with plain.bytes() as content:
        return _counted(connection, plain, content, feed)


def _counted(
    connection: duckdb.DuckDBPyConnection, plain: Plain, content: lines.Content, feed: Feed
) -> tuple[Reading, int] | None:
    """The columns and the number of records, if bytes and lines alone can tell; not yet any record."""
    source = feed.source
    delimiter, quote = source.delimiter.encode(), source.quote.encode()
    header = read_csv.header_of(content, source, "utf-8", b"\n")
    width = len(header.names)
    if not 0 < width <= read_csv.MAX_COLUMNS or lines.newline_of(content) != b"\n":
        return None
    census = lines.census(content, delimiter, quote)
    records = census.lines - header.span
    if census.has_nul or records <= 0 or not lines.is_utf8(content):
        return None
    names = [f"c{place}" for place in range(width)]
    kinds = dict.fromkeys(names, "varchar")
    reader = read_csv.reader_of([plain.path], kinds, source, source.delimiter, source.quote, header.span)
    in_header = sum(name.count(source.delimiter) for name in header.names)
    marks = (width - 1) * (records + (1 if header.span else 0)) + in_header
    if census.quotes and read_csv.has_spaced_quote(content, source):
        return None
    if not census.quotes and census.delimiters != marks:
        return None
    connection.execute(f"create or replace temp table {TABLE} as select * from {reader}")
    if engine.scalar(connection, f"select count(*) from {TABLE}") != records:
        return None
    if census.quotes and not _is_conserved(connection, names, source.delimiter, census.delimiters - marks):
        return None
    # Unlike a window over the reader, the table's own row numbers let every thread take part.
    relation = (
        f"(select rowid + {header.span + 1} as _line, cast(1 as bigint) as _span, "
        f"{', '.join(names)} from {TABLE})"
    )
    return _of_csv(header, census.blank, relation, unpack.picker(plain, b"\n")), records


def _is_conserved(
    connection: duckdb.DuckDBPyConnection, names: list[str], delimiter: str, inside: int
) -> bool:
    """Whether no quoted value holds a line end, and those that hold delimiters hold all that are over."""
    ends, marks = (read_csv.occurrences(names, mark) for mark in ("chr(10)", literal(delimiter)))
    row = connection.execute(f"select sum({ends}), sum({marks}) from {TABLE}").fetchone()
    return row is not None and (row[0], row[1]) == (0, inside)

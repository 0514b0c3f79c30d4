"""Clean files: from CSV or NDJSON to raw Parquet in one pass, kept only when nothing at all was wrong.

The rows come of the same SQL as on the careful way; what is left out is every table between. A file
that quarantines, skips, repeats or groups a record, or leaves any doubt, is read the careful way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.ingestion import engine, in_memory, judge, lines, read_csv, read_json, store, unpack
from orchestration.ingestion.arrivals import Arrival
from orchestration.ingestion.engine import identifier, literal
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.in_memory import Taken
from orchestration.ingestion.ledger import FileLoad, Place
from orchestration.ingestion.read import names_of
from orchestration.ingestion.reading import DOCUMENT, Reading
from orchestration.ingestion.unpack import Plain

TABLE = "plain_records"


@dataclass(frozen=True)
class Clean:
    """A file all of whose records were accepted, one row each, for every entity.

    Parameters
    ----------
    reading : Reading
        Its columns and blank lines; its records are in no table.
    records : int
        How many; the raw rows written are as many.
    missing : list of tuple of str
        Per entity, source columns the mapping reads and the file does not have.
    """

    reading: Reading
    records: int
    missing: list[tuple[str, ...]]


def write(
    connection: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    feed: Feed,
    places: Sequence[Place],
    as_of: date,
    taken: Taken | None,
) -> Clean | None:
    """Write the raw rows of a clean file beside their places, not yet under their names.

    Parameters
    ----------
    places : sequence of Place
        One per entity of the arrival.
    taken : Taken, optional
        The file taken apart, where that could be done in memory.

    Returns
    -------
    Clean or None
        None when the file has to be read the careful way; then nothing is left of the attempt.
    """
    targets = [feed.targets[place.entity] for place in places]
    if feed.options.time_zone_column or any(m.skip_when or m.one_row_per_key for m in targets):
        return None
    found: Clean | None = None
    try:
        read = _in_memory(connection, feed, taken) if taken else _from_disk(connection, arrival, feed)
        found = read and _written(connection, arrival, feed, places, as_of, *read)
    except duckdb.Error:
        # Whatever the matter is, the careful way meets it too, and says so.
        return None
    finally:
        if found is None:
            for place in places:
                store.written(place).unlink(missing_ok=True)
        connection.execute(f"drop table if exists {TABLE}")
        connection.unregister(in_memory.ARRIVED)
    return found


def _written(
    connection: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    feed: Feed,
    places: Sequence[Place],
    as_of: date,
    reading: Reading,
    records: int,
) -> Clean | None:
    absent: list[tuple[str, ...]] = []
    for place in places:
        mapped = feed.targets[place.entity]
        missing, refused_whole = judge.missing(reading, mapped)
        if refused_whole:
            return None
        absent.append(tuple(missing))
        load = FileLoad(feed.name, place.entity, as_of, arrival.landed.name, arrival.sha256)
        rows = judge.judged(connection, reading, feed, mapped, as_of, sampled=True)
        # A filter would be worked out once more for every column; the first refusal ends it all.
        sound = "case when _reason is null then _line else error('refused') end as _line"
        rows = f"(select * replace ({sound}) from ({rows}))"
        if store.write(connection, place, store.every_row(mapped, rows, load)) != records:
            return None
    # Copies of a record would be equal rows of every entity.
    for place in places:
        if _all_differ(connection, feed.targets[place.entity], store.written(place), records):
            return Clean(reading, records, absent)
    return None


def _in_memory(connection: duckdb.DuckDBPyConnection, feed: Feed, taken: Taken) -> tuple[Reading, int] | None:
    """The columns and the number of records of a file taken apart; None when a line is no record."""
    relation, records = in_memory.show(connection, [taken]), taken.table.num_rows
    if feed.source.format == "csv":
        header = taken.header
        records_of = f"(select *, cast(1 as bigint) as _span from {relation})"
        reading = Reading(
            header.columns(),
            blank=[taken.blank],
            header=header.raw,
            twice=header.twice,
            relation=records_of,
        )
        return reading, records
    if not read_json.is_sound(connection, relation):
        return None
    names = names_of(feed)
    columns = {name: f"c{place}" for place, name in enumerate(names)}
    reading = Reading(columns, document=DOCUMENT)
    read_json.find_keys(connection, relation, reading)
    reading.relation = read_json.with_values(feed.source, names, relation)
    return reading, records


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
        return _counted(connection, path, content, feed)


def _counted(
    connection: duckdb.DuckDBPyConnection, path: Path, content: lines.Content, feed: Feed
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
    reader = read_csv.reader_of([path], kinds, source, source.delimiter, source.quote, header.span)
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
    reading = Reading(
        header.columns(),
        blank=[census.blank],
        header=header.raw,
        twice=header.twice,
        relation=relation,
    )
    return reading, records


def _is_conserved(
    connection: duckdb.DuckDBPyConnection, names: list[str], delimiter: str, inside: int
) -> bool:
    """Whether no quoted value holds a line end, and those that hold delimiters hold all that are over."""
    ends, marks = (read_csv.occurrences(names, mark) for mark in ("chr(10)", literal(delimiter)))
    row = connection.execute(f"select sum({ends}), sum({marks}) from {TABLE}").fetchone()
    return row is not None and (row[0], row[1]) == (0, inside)


def _all_differ(connection: duckdb.DuckDBPyConnection, mapped: Mapped, rows: Path, records: int) -> bool:
    """Whether no row says the same as another: copies of a record would; of keys it is told sooner."""
    entity = mapped.entity
    every = [*(column.name for column in entity.columns), entity.remainder]
    for names in (list(entity.key), every):
        hashed = f"hash({', '.join(map(identifier, names))})"
        query = f"select count(distinct {hashed}) from read_parquet({engine.file_literal(rows)})"
        if engine.scalar(connection, query) == records:
            return True
    return False

"""Reading one landed file, whatever its format, into the table `source`."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.ingestion import read_csv, read_json, read_table, unpack
from orchestration.ingestion.engine import scalar
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.reading import SOURCE, Reading
from orchestration.ingestion.unpack import Plain


def names_of(feed: Feed) -> list[str]:
    """The source columns any of the feed's mappings reads."""
    names = {name for mapped in feed.targets.values() for name in mapped.reads}
    zone = feed.options.time_zone_column
    return sorted(names | ({zone} if zone else set()))


def read(connection: duckdb.DuckDBPyConnection, path: Path, feed: Feed, temporary: Path) -> Reading:
    """Take a file apart.

    Raises
    ------
    UnreadableFileError
        It is damaged, not what the feed says, or too large.
    """
    plain = unpack.unpack(path, feed.source, temporary)
    if not plain.path.stat().st_size:
        return nothing(connection, is_empty=True)
    reading = _taken_apart(connection, plain, feed, temporary)
    if reading.header is None and not any(reading.refused):
        reading.is_empty = not scalar(connection, f"select count(*) from {SOURCE}")
    return reading


def nothing(connection: duckdb.DuckDBPyConnection, *, is_empty: bool) -> Reading:
    """A reading without any record: of a file that is empty, or cannot be taken apart."""
    connection.execute(f"create or replace temp table {SOURCE} (_line bigint, _span bigint)")
    return Reading({}, is_empty=is_empty, readable=is_empty)


def _taken_apart(connection: duckdb.DuckDBPyConnection, plain: Plain, feed: Feed, temporary: Path) -> Reading:
    source = feed.source
    if source.format == "parquet":
        return read_table.read_parquet(connection, plain.path, source)
    if source.format == "excel":
        return read_table.read_excel(connection, plain.path, source, temporary)
    if source.format == "ndjson":
        return read_json.read(connection, plain, source, names_of(feed), temporary)
    return read_csv.read(connection, plain, source, temporary)

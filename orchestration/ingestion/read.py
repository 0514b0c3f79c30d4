"""Reading one landed file, whatever its format, into the table `source`."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.ingestion import read_csv, read_json, read_table, unpack
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.reading import Reading


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
    source = feed.source
    plain = unpack.unpack(path, source, temporary)
    if source.format == "parquet":
        return read_table.read_parquet(connection, plain.path, source)
    if source.format == "excel":
        return read_table.read_excel(connection, plain.path, source, temporary)
    if source.format == "ndjson":
        return read_json.read(connection, plain, source, names_of(feed), temporary)
    return read_csv.read(connection, plain, source, temporary)

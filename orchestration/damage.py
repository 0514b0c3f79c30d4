"""Damage in a data folder: files that are gone, emptied or altered, and how to mend each.

Looks and changes nothing; the lock must be held, or a load that is being written looks cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import publishing, served, warehouse
from orchestration.ingestion import ledger, recovery
from orchestration.ingestion.ledger import LOADS, QUARANTINE, RAW, FileLoad, Place
from orchestration.night import Night
from orchestration.publishing import Generation

# What was found, and how to mend it; nothing to mend: all is well.
Finding = tuple[str, str]
NAMED = 3
NIGHT = "make nightly publishes a new one"
AGAIN = "to have the landed file loaded again"


def of_loads(now: Night) -> Iterator[Finding]:
    """Each load by its three files: raw and quarantine have the rows that its counts say."""
    gone, bad = recovery.lost(now.data), []
    counted = 0
    for entity, feed in sorted(ledger.filled(now.data, RAW)):
        for place in ledger.current(now.data, entity, feed).values():
            counted += 1
            bad += _wrong(place)
    if gone:
        names = _named([place.file(RAW) for place in gone], now.data)
        counts = _named([place.file(LOADS) for place in gone], now.data)
        yield f"raw files are gone: {names}", f"put them back from a backup, or remove {counts} {AGAIN}"
    if bad:
        said = f"files of loads are not as they were written: {_named(bad, now.data)}"
        yield said, f"put them back from a backup, or remove them and the other two of that name {AGAIN}"
    if not gone and not bad:
        yield f"{counted:,} loads: raw, quarantine and counts agree", ""


def _wrong(place: Place) -> list[Path]:
    """Those of a load's files that are not there or do not have the rows counted."""
    counts = place.file(LOADS)
    try:
        load: FileLoad = ledger.parse(counts.read_text(encoding="utf-8"))
        known = (load.entity, load.feed, load.sha256) == (place.entity, place.feed, place.sha256)
    except (OSError, ValueError, TypeError, KeyError):
        known = False
    if not known:
        return [counts]
    wanted = {place.file(RAW): load.rows}
    if load.quarantined or place.file(QUARANTINE).exists():
        wanted[place.file(QUARANTINE)] = load.quarantined
    return [path for path, rows in wanted.items() if _rows(path) != rows]


def _rows(path: Path) -> int | None:
    """As the footer says; None of what is no Parquet file."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return None


def of_models(now: Night) -> Iterator[Finding]:
    """Each kept version of a model is there with its card, byte for byte."""
    from ml import catalogue, registry

    kept, wrong = 0, []
    for spec in catalogue.specs().values():
        versions = {path.stem for path in (now.models / spec.name).glob("[0-9a-f]*.*")}
        for version in sorted(versions):
            kept += 1
            try:
                registry.describe(spec, now.models, version)
            except registry.ModelFileError as error:
                wrong.append(str(error))
    if not wrong:
        yield f"{kept} models as their cards recorded them", ""
    for said in wrong[:NAMED]:
        yield f"models/{said}", "remove both files: the next night trains what it needs of them again"


def of_databases(now: Night) -> Iterator[Finding]:
    """Every row of the private files."""
    for path in (now.warehouse.path, now.warehouse.marts_path):
        if not path.exists():
            continue
        try:
            table = _unreadable(path)
        except duckdb.Error:
            yield f"{path.name} cannot be opened", "nothing to do: the next night builds it again from raw"
            continue
        if table:
            said = f"{path.name}: its table {table} cannot be read"
            yield said, f"remove {path.name}: the next night builds it again from raw"
        else:
            yield path.name, ""


def of_generations(now: Night) -> Iterator[Finding]:
    """The pointer names a generation, and every row of it can be read."""
    pointer, serving = served.current(now.data), publishing.serving(now.data)
    others = [found for found in publishing.generations(now.data) if found != serving]
    if serving is not None and _is_whole(serving):
        yield f"serving {serving.name}", ""
    elif serving is None and not others and not pointer.is_symlink():
        yield "nothing is published yet", ""
    else:
        whole = next((found.name for found in reversed(others) if _is_whole(found)), None)
        wrong = (
            "names no file that is kept" if serving is None else f"names {serving.name}, which cannot be read"
        )
        yield f"{pointer.name} {wrong}", f"make rollback TO={whole}" if whole else NIGHT


def _is_whole(generation: Generation) -> bool:
    try:
        return not _unreadable(generation.path)
    except duckdb.Error:
        return False


def _unreadable(path: Path) -> str | None:
    """The first table that cannot be read: DuckDB holds each block to its checksum when it reads it."""
    with warehouse.open_file(path, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal order by all"
        ).fetchall()
        for schema, table in tables:
            try:
                connection.execute(f'select bit_xor(hash(*columns(*))) from "{schema}"."{table}"').fetchone()
            except duckdb.Error:
                return f"{schema}.{table}"
    return None


def _named(paths: list[Path], data: Path) -> str:
    listed = ", ".join(path.relative_to(data).as_posix() for path in paths[:NAMED])
    return listed + (f" and {len(paths) - NAMED:,} more" if len(paths) > NAMED else "")

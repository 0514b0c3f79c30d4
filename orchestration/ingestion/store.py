"""Writing one loaded file: quarantine and counts first, raw last, each whole or not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.contract import ENTITIES, LOAD_COLUMNS
from orchestration.ingestion import engine, group, ledger
from orchestration.ingestion.engine import identifier, literal
from orchestration.ingestion.feed import Mapped
from orchestration.ingestion.ledger import LOADS, QUARANTINE, RAW, FileLoad, Place
from orchestration.ingestion.raw_file import GROUP_ROWS, RawFile
from orchestration.ingestion.reading import FILE, LINE, Refusal

BATCH = 20_000
QUARANTINE_SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("entity", pa.string()),
        ("file", pa.string()),
        ("file_sha256", pa.string()),
        ("line", pa.int64()),
        ("byte_offset", pa.int64()),
        ("reason", pa.string()),
        ("column_name", pa.string()),
        ("raw", pa.binary()),
        ("loaded_on", pa.date32()),
    ]
)


def rows_of(mapped: Mapped, table: str, load: FileLoad, file: int = 0, *, whole: bool = False) -> str:
    """SQL: the accepted records of a judged table as raw rows, not yet grouped.

    Parameters
    ----------
    whole : bool
        With the columns that are the same in every row, which `write` else fills in.
    """
    names = list(mapped.entity.raw_columns) if whole else [*given(mapped), "_line"]
    return f"select {columns(mapped, load, names)} from {table} where {accepted(file)}"


def given(mapped: Mapped) -> list[str]:
    """The contract's columns that records may say something in, in the order stored."""
    entity = mapped.entity
    said = {*mapped.columns, entity.remainder, entity.derived_key}
    return [name for name in entity.raw_columns if name in said]


def columns(mapped: Mapped, load: FileLoad, names: Iterable[str]) -> str:
    """SQL: columns of raw rows, worked out from a judged relation."""
    constants = {
        "_file": literal(load.file),
        "_file_sha256": literal(load.sha256),
        "_loaded_on": f"date '{load.loaded_on}'",
        "_feed": literal(load.feed),
        "_line": LINE,
    }
    if key := mapped.entity.derived_key:
        constants[key] = f"coalesce({identifier(key)}, {_content_hash(mapped)})"
    return ", ".join(
        f"{constants[name]} as {name}" if name in constants else identifier(name) for name in names
    )


def accepted(file: int) -> str:
    """SQL: which judged records a file gives."""
    return f"_reason is null and {FILE} = {file}"


def grouped(mapped: Mapped, rows: str) -> str:
    """SQL: raw rows, whole ones one per key where the feed says so, in the order of their lines."""
    if mapped.one_row_per_key:
        carried = [name for name in LOAD_COLUMNS if name != "_line"]
        rows = group.select(mapped, f"({rows})", carried)
    return f"select * from ({rows}) order by _line"


def commit(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    load: FileLoad,
    rows: str,
    refused: Iterable[Refusal],
) -> None:
    """Put one (file, entity) in place; a crash before the last rename leaves nothing to see.

    Parameters
    ----------
    place : Place
        Where.
    load : FileLoad
        The counts.
    rows : str
        SQL of the raw rows.
    refused : iterable of Refusal
        The quarantined records, in the order of their lines.
    """
    write(connection, place, load, rows)
    commit_written(place, load, refused)


def commit_written(place: Place, load: FileLoad, refused: Iterable[Refusal] = ()) -> None:
    """Put in place the quarantined records and the counts, then the rows that `write` made."""
    # Before any counts: with neither rows beside them nor in place, counts say that raw was removed.
    ledger.sync(written(place))
    ledger.sync(written(place).parent)
    _write_quarantine(place, load, refused)
    counts = _temporary(place, LOADS)
    counts.write_text(load.as_json(), encoding="utf-8")
    _publish(counts, place.file(LOADS))
    _publish(written(place), place.file(RAW))


def write(connection: duckdb.DuckDBPyConnection, place: Place, load: FileLoad, rows: str) -> int:
    """Write raw rows beside their place and tell how many; only `commit` shows them."""
    with raw_file(place, load) as out:
        for batch in engine.batches(connection, rows, GROUP_ROWS):
            out.add(pa.Table.from_batches([batch]))
    return out.rows


def raw_file(place: Place, load: FileLoad) -> RawFile:
    """Where raw rows are taken in until they are committed."""
    return RawFile(written(place), ENTITIES[place.entity], load)


def written(place: Place) -> Path:
    """Where raw rows are until they are committed."""
    return _temporary(place, RAW)


def count(path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return int(pq.read_metadata(path).num_rows)


def refusals(place: Place) -> list[tuple[Refusal, str]]:
    """The quarantined records of a (file, entity)."""
    path = place.file(QUARANTINE)
    if not path.exists():
        return []
    found = pq.read_table(path).to_pylist()
    return [
        (
            Refusal(r["line"], r["byte_offset"], r["raw"], r["reason"], r["column_name"]),
            str(r["file"]),
        )
        for r in found
    ]


def _content_hash(mapped: Mapped) -> str:
    """SQL: a key made of all the record says; a column nobody maps changes nothing."""
    entity = mapped.entity
    names = [*(c.name for c in entity.columns if c.name != entity.derived_key), entity.remainder]
    said = ", ".join(f"'{name}=' || cast({identifier(name)} as varchar)" for name in names)
    return f"md5(concat_ws(chr(31), {said}))"


def _write_quarantine(place: Place, load: FileLoad, refused: Iterable[Refusal]) -> None:
    pending = iter(refused)
    first = list(islice(pending, BATCH))
    if not first:
        return
    path = _temporary(place, QUARANTINE)
    with pq.ParquetWriter(path, QUARANTINE_SCHEMA, compression="zstd") as writer:
        batch = first
        while batch:
            writer.write_table(_table(load, batch))
            batch = list(islice(pending, BATCH))
    _publish(path, place.file(QUARANTINE))


def _table(load: FileLoad, batch: list[Refusal]) -> pa.Table:
    size = len(batch)
    columns = [
        [load.feed] * size,
        [load.entity] * size,
        [load.file] * size,
        [load.sha256] * size,
        [item.line for item in batch],
        [item.offset for item in batch],
        [item.reason for item in batch],
        [item.column for item in batch],
        [item.raw for item in batch],
        [load.loaded_on] * size,
    ]
    arrays = [pa.array(c, field.type) for c, field in zip(columns, QUARANTINE_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=QUARANTINE_SCHEMA)


def _temporary(place: Place, layer: str) -> Path:
    found = place.beside(layer)
    found.parent.mkdir(parents=True, exist_ok=True)
    return found


def _publish(temporary: Path, target: Path) -> None:
    """On disk, then under its name, then the name on disk."""
    ledger.sync(temporary)
    temporary.replace(target)
    ledger.sync(target.parent)


def ordered(refused: Iterable[Refusal]) -> Iterator[Refusal]:
    """By line."""
    return iter(sorted(refused, key=lambda item: item.line))

"""The schema `raw` of the warehouse: views over the raw Parquet, and tables of the counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from orchestration.contract import ENTITIES, Entity
from orchestration.ingestion import ledger, recovery
from orchestration.ingestion.engine import file_literal, identifier, literal
from orchestration.ingestion.ledger import RAW, FileLoad

# Entities whose tables are added to, so that a night reads what is new of them.
EVENT_SIZED = ("events",)
LOADS = {
    "feed": "varchar",
    "entity": "varchar",
    "file": "varchar",
    "sha256": "varchar",
    "physical": "bigint",
    "accepted": "bigint",
    "quarantined": "bigint",
    "duplicate": "bigint",
    "skipped": "bigint",
    "refused": "bigint",
    "rows": "bigint",
    "status": "varchar",
    "reasons": "json",
    "max_quarantine_share": "double",
    "new_columns": "json",
    "missing_columns": "json",
    "loaded_on": "date",
    "loaded_at": "timestamp",
    "is_new": "boolean",
}
QUARANTINE = {
    "feed": "varchar",
    "entity": "varchar",
    "file": "varchar",
    "reason": "varchar",
    "records": "bigint",
    "loaded_on": "date",
}


def register_raw(
    connection: duckdb.DuckDBPyConnection,
    data: Path,
    entities: Mapping[str, Entity] | Iterable[str] = tuple(ENTITIES),
    seen: frozenset[str] | None = None,
) -> None:
    """Make `raw.<entity>`, `raw.loads` and `raw.quarantine` say what is in DATA now.

    `raw.events_new` holds the events of the files that are not among those seen, which `raw.loads` marks
    as new.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The warehouse, writable.
    data : Path
        The tenant's state.
    entities : iterable of str
        Those to make views for; one without a file is empty and typed.
    seen : frozenset of str, optional
        Files below `raw/` that the tables to add to were built from; None when nothing is added to.

    Raises
    ------
    LostRawError
        A file that was loaded has no raw file any more.
    """
    connection.execute("create schema if not exists raw")
    recovery.recover_all(data)
    recovery.check(data)
    loads = ledger.loads(data)
    filled = {load.entity for load in loads}
    for name in entities:
        connection.execute(f"create or replace view raw.{name} as {_view(data, name, name in filled)}")
    raw = (data / RAW).resolve()
    fresh = {
        name: [] if seen is None else _unseen(raw, name, seen) for name in EVENT_SIZED if name in entities
    }
    for name, paths in fresh.items():
        files = [file_literal(path) for path in paths]
        connection.execute(f"create or replace view raw.{name}_new as {_view_of(name, files)}")
    new = {_load_of(path) for paths in fresh.values() for path in paths}
    rows = [[*_load_row(load), (load.entity, load.feed, load.sha256) in new] for load in loads]
    _fill(connection, "loads", LOADS, rows)
    rows = [
        [load.feed, load.entity, load.file, reason, count, load.loaded_on.isoformat()]
        for load in loads
        for reason, count in load.reasons.items()
    ]
    _fill(connection, "quarantine", QUARANTINE, rows)


def _view(data: Path, name: str, filled: bool) -> str:
    folder = file_literal((data / RAW / name).resolve())
    return _view_of(name, [f"{folder[:-1]}/feed=*/loaded_on=*/*.parquet'"] if filled else [])


def _view_of(name: str, files: list[str]) -> str:
    columns = ENTITIES[name].raw_columns
    if not files:
        typed = (f"cast(null as {kind}) as {identifier(c)}" for c, kind in columns.items())
        return f"select {', '.join(typed)} where false"
    listed = ", ".join(identifier(column) for column in columns)
    # A raw file keeps the columns of the contract of its day; later ones are NULL in it.
    given = f"[{', '.join(files)}]"
    return f"select {listed} from read_parquet({given}, hive_partitioning = false, union_by_name = true)"


def _unseen(raw: Path, name: str, seen: frozenset[str]) -> list[Path]:
    files = sorted((raw / name).glob("feed=*/loaded_on=*/*.parquet"))
    return [path for path in files if path.relative_to(raw).as_posix() not in seen]


def _load_of(path: Path) -> tuple[str, str, str]:
    """The entity, feed and content that a raw file is of."""
    entity, feed, _, name = path.parts[-4:]
    return entity, feed.removeprefix("feed="), name.partition(".")[0]


def _load_row(load: FileLoad) -> list[object]:
    return [
        load.feed,
        load.entity,
        load.file,
        load.sha256,
        load.physical,
        load.accepted,
        load.quarantined,
        load.duplicate,
        load.skipped,
        load.refused,
        load.rows,
        load.status,
        dict(load.reasons),
        load.max_quarantine_share,
        list(load.new_columns),
        list(load.missing),
        load.loaded_on.isoformat(),
        load.loaded_on.isoformat(),
    ]


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    kinds: Mapping[str, str],
    rows: list[list[object]],
) -> None:
    """Replace a table in one statement: thousands of single inserts would take seconds."""
    text = json.dumps([dict(zip(kinds, row, strict=True)) for row in rows])
    shape = json.dumps([dict.fromkeys(kinds, "JSON")])
    values = ", ".join(
        f"cast({f'record.{identifier(c)}' if kind == 'json' else f'record.{identifier(c)} ->> chr(36)'} "
        f"as {kind}) as {identifier(c)}"
        for c, kind in kinds.items()
    )
    connection.execute(
        f"create or replace table raw.{table} as select {values} "
        f"from (select unnest(from_json(cast(? as json), {literal(shape)})) as record)",
        [text],
    )

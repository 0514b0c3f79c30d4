"""Write, audit, publish: a candidate file beside the published ones, gated, then renamed into place."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from data_quality.model_quality import DRIFTED
from orchestration import calibration, layers, warehouse
from orchestration.errors import Unusable
from orchestration.night import Night
from orchestration.served import current, folder

SCHEMA = "marts"
MADE_HERE = tuple(layers.MADE_AT_PUBLISH)


@dataclass(frozen=True)
class Generation:
    """One published file: its as-of day, its number among that day's, and its path."""

    as_of: date
    number: int
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem


class NothingToServe(Unusable):
    """There is no such generation to go back to."""


def generations(data: Path) -> list[Generation]:
    """All kept generations, oldest first."""
    found = []
    for path in folder(data).glob("generation_*_*.duckdb"):
        _, day, number = path.stem.split("_")
        found.append(Generation(date.fromisoformat(day), int(number), path))
    return sorted(found, key=lambda g: (g.as_of, g.number))


def serving(data: Path) -> Generation | None:
    """The generation the pointer names, or None before the first publish."""
    pointer = current(data)
    if not pointer.is_symlink():
        return None
    target = os.readlink(pointer)
    return next((g for g in generations(data) if g.path.name == target), None)


def point_at(data: Path, generation: Generation) -> None:
    """Move the pointer in one rename; readers keep the file they opened."""
    beside = folder(data) / ".current.next"
    beside.unlink(missing_ok=True)
    beside.symlink_to(generation.path.name)
    os.replace(beside, current(data))
    _fsync(folder(data))


def roll_back(data: Path, name: str | None = None) -> Generation:
    """Serve an earlier generation: the one named (a day means its last), else the one before.

    Raises
    ------
    NothingToServe
        No such generation is kept.
    """
    kept = generations(data)
    now = serving(data)
    if name:
        chosen = next((g for g in reversed(kept) if name in (g.name, g.as_of.isoformat())), None)
    else:
        before = [g for g in kept if now and (g.as_of, g.number) < (now.as_of, now.number)]
        chosen = before[-1] if before else None
    if chosen is None:
        listed = ", ".join(g.name for g in kept) or "none"
        raise NothingToServe(f"no generation {name or 'before the one served'}; kept: {listed}")
    point_at(data, chosen)
    return chosen


def write_candidate(night: Night) -> Path:
    """Copy the marts file and add the small public tables of the other layers."""
    target = folder(night.data)
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob(".candidate*"):
        stale.unlink()
    candidate = target / ".candidate.duckdb"
    with night.warehouse.open_layer("marts") as marts:
        marts.execute("checkpoint")
    shutil.copyfile(night.warehouse.marts_path, candidate)
    with warehouse.open_file(candidate, beside=night.data) as connection:
        source = str(night.warehouse.path).replace("'", "''")
        connection.execute(f"attach '{source}' as private (read_only)")
        for layer, tables in layers.PUBLIC_BESIDE_MARTS.items():
            for table in tables:
                _copy(connection, layer, table)
        _write_quality(connection, night.as_of)
        calibration.write(connection, night.as_of)
        connection.execute("detach private")
        connection.execute("checkpoint")
    return candidate


def _copy(connection: duckdb.DuckDBPyConnection, layer: str, table: str) -> None:
    """One table of another layer; of a view the tables of rows named after it, and the view over them."""
    view = connection.execute(
        "select sql from duckdb_views()"
        " where database_name = 'private' and schema_name = ? and view_name = ?",
        [layer, table],
    ).fetchone()
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'private' and schema_name = ?"
        " and starts_with(table_name, ?) and ends_with(table_name, '_rows') order by 1",
        [layer, f"{table}_"],
    ).fetchall()
    for copied in [name for (name,) in rows] if view else [table]:
        connection.execute(f"create or replace table {SCHEMA}.{copied} as from private.{layer}.{copied}")
    if view:
        connection.execute(f"drop view if exists {SCHEMA}.{table}")
        connection.execute(str(view[0]).replace(f"{layer}.{table}", f"{SCHEMA}.{table}"))


def _write_quality(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    connection.execute(
        f"""
        create or replace table {SCHEMA}.rpt_data_quality as
        select asset, suite, expectation, column_name, severity, success, observed, as_of
        from private.quality.gate_results where as_of = ? order by asset, expectation, column_name
        """,
        [as_of],
    )
    connection.execute(
        f"""
        create or replace table {SCHEMA}.rpt_night_gates as
        select
            as_of as night,
            split_part(asset, '/', 1) as layer,
            severity,
            count(*) as rules,
            count(case when not success then 1 end) as failed,
            $as_of::date as as_of
        from private.quality.gate_results where as_of <= $as_of
        group by all order by night, layer, severity
        """,
        {"as_of": as_of},
    )
    connection.execute(
        f"""
        create or replace table {SCHEMA}.rpt_model_quality as
        with measured as (
            select model, metric, value, baseline_value
            from private.predictions.ml_metric where as_of = $as_of
            union all
            select model, 'psi_' || measure, psi, cast({DRIFTED} as double)
            from private.predictions.ml_drift where as_of = $as_of
        )
        select
            versions.model,
            versions.model_version,
            -- A model nobody could measure has a row too, that tells why.
            coalesce(measured.metric, 'none') as metric,
            measured.value,
            measured.baseline_value,
            versions.method,
            nullif(
                concat_ws(
                    '; ',
                    versions.card ->> '$.decision',
                    versions.card ->> '$.reason',
                    versions.card ->> '$.warning'
                ),
                ''
            ) as decision,
            $as_of::date as as_of
        from private.predictions.ml_model_version as versions
        left join measured on versions.model = measured.model
        where versions.as_of = $as_of
        order by versions.model, metric
        """,
        {"as_of": as_of},
    )


def checksums(path: Path, without: Sequence[str] = ()) -> dict[str, tuple[int, str]]:
    """Rows and an order-free checksum of every public table, leaving out some columns."""
    found = {}
    with warehouse.open_file(path, read_only=True) as connection:
        for table in tables_in(connection):
            columns = [
                name
                for (name,) in connection.execute(
                    "select column_name from duckdb_columns() where schema_name = ? and table_name = ?"
                    " order by column_name",
                    [SCHEMA, table],
                ).fetchall()
                if name not in without
            ]
            row = ", ".join(f'coalesce("{name}"::text, chr(0))' for name in columns)
            rows = connection.execute(
                f"select md5(concat_ws(chr(31), {row})) from {SCHEMA}.{table} order by 1"
            ).fetchall()
            digest = hashlib.sha256("".join(h for (h,) in rows).encode()).hexdigest()
            found[table] = (len(rows), digest)
    return found


def tables_in(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The public tables of an open published file, and the views that are read as such.

    Rows are public only through the view that shows them with their as-of day.
    """
    rows = connection.execute(
        "select table_name from information_schema.tables"
        " where table_schema = ? and not ends_with(table_name, '_rows') order by 1",
        [SCHEMA],
    ).fetchall()
    return [name for (name,) in rows]


def sizes(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The rows of every public table."""
    counts = " union all ".join(
        f"select '{table}', count(*) from {SCHEMA}.{table}" for table in tables_in(connection)
    )
    return dict(connection.execute(counts).fetchall())


def columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Name and type of every column of every public table, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, name, kind in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and schema_name = ? order by table_name, column_index",
        [SCHEMA],
    ).fetchall():
        found.setdefault(table, []).append((name, kind))
    return found


def promote(night: Night, candidate: Path, say: Callable[[str], None]) -> Generation:
    """Make the gated candidate a generation and serve it, unless a later day is served."""
    _fsync(candidate)
    kept = generations(night.data)
    number = 1 + max((g.number for g in kept if g.as_of == night.as_of), default=0)
    path = folder(night.data) / f"generation_{night.as_of}_{number}.duckdb"
    os.replace(candidate, path)
    os.chmod(path, 0o444)
    _fsync(folder(night.data))
    made = Generation(night.as_of, number, path)
    now = serving(night.data)
    if now is None or now.as_of <= night.as_of:
        point_at(night.data, made)
    else:
        say(f"{made.name} kept, but {now.name} is newer and stays served")
    _forget_old(night)
    return made


def _forget_old(night: Night) -> None:
    now = serving(night.data)
    kept = [g for g in generations(night.data) if now is None or g.name != now.name]
    for generation in kept[: max(0, len(kept) + 1 - night.tenant.settings.generations_kept)]:
        generation.path.unlink()


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The scratch DuckDB a load works in, shut off from everything but its two folders."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration import warehouse
from orchestration.ingestion.expression import UNSAFE_OPTIMIZERS

# Of an `in` with more than a few words DuckDB makes a join, and a join gives rows in any order.
WITHOUT = (UNSAFE_OPTIMIZERS, "in_clause")


@contextmanager
def scratch(
    data: Path, *readable: Path, small: bool = False
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A locked-down connection and a folder for work files, both gone afterwards.

    Parameters
    ----------
    data : Path
        The tenant's state; results may be written below it.
    *readable : Path
        Further folders it may read.
    small : bool
        Only small files are read: a second thread would cost more than it does.
    """
    data.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".load-{os.getpid()}-", dir=data))
    try:
        with warehouse.scratch(temporary) as connection:
            connection.execute(f"set disabled_optimizers = {literal(','.join(WITHOUT))}")
            if small:
                connection.execute("set threads = 1")
            warehouse.lock_down(connection, data, *readable)
            yield connection, temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def sweep(data: Path) -> None:
    """Remove the work folders of loads that were killed."""
    for left in data.glob(".load-*-*"):
        owner = left.name.split("-")[1]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A file to read as an SQL literal: `a[1].csv` would otherwise be a pattern that names `a1.csv`."""
    return literal("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def identifier(name: str) -> str:
    """A name as an SQL identifier; any name may be a reserved word."""
    return '"' + name.replace('"', '""') + '"'


def batches(connection: duckdb.DuckDBPyConnection, query: str, rows: int) -> Iterator[pa.RecordBatch]:
    """What a query gives, so many rows at a time, in its order; the connection is busy until the end.

    Raises
    ------
    duckdb.Error
        The query fails, be it after many rows.
    """
    reader = connection.execute(query).to_arrow_reader(rows)
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except OSError as error:
            # Arrow knows no other name for what goes wrong in a source of its own.
            raise duckdb.Error(str(error)) from error
        yield batch


def scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one whole number a query gives."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0

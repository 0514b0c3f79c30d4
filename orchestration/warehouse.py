"""The only opener of the project's DuckDB files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import environment

# Of what no reader ever opens: the newest way to store texts packs them tighter and a tenth sooner.
_OWN = "latest"
# Any DuckDB 1.x opens the marts.
_PUBLIC = "v1.0.0"


@dataclass(frozen=True)
class Warehouse:
    """A tenant's private files: the warehouse, and the marts in a file of their own."""

    data: Path

    @property
    def path(self) -> Path:
        return self.data / "warehouse.duckdb"

    @property
    def marts_path(self) -> Path:
        return self.data / "public.duckdb"

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The private warehouse for writing, with the marts attached as ``public_db``."""
        with _connected(self.path, storage=_OWN) as connection:
            lock_down(connection, self.data)
            connection.execute(f"attach {_text(self.marts_path)} as public_db (storage_version '{_PUBLIC}')")
            yield connection

    @contextmanager
    def open_layer(self, layer: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose default database holds a layer's schema."""
        path, storage = (self.marts_path, _PUBLIC) if layer == "marts" else (self.path, _OWN)
        with _connected(path, storage=storage) as connection:
            lock_down(connection, self.data)
            yield connection


@contextmanager
def open_file(
    path: Path, *, read_only: bool = False, beside: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """One DuckDB file, such as a published generation; only its folder is seen, or the one named."""
    with _connected(path, read_only=read_only) as connection:
        lock_down(connection, beside or path.parent)
        yield connection


@contextmanager
def scratch(temporary: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, for reading landing files into Parquet."""
    with _connected(None) as connection:
        if temporary is not None:
            connection.execute(f"set temp_directory = {_text(temporary)}")
        yield connection


def lock_down(connection: duckdb.DuckDBPyConnection, *folders: Path) -> None:
    """Let a connection see these folders and nothing else, until it ends."""
    allowed = ", ".join(_text(folder.resolve(), "/") for folder in folders)
    connection.execute(f"set allowed_directories = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


@contextmanager
def _connected(
    path: Path | None, *, read_only: bool = False, storage: str = _PUBLIC
) -> Iterator[duckdb.DuckDBPyConnection]:
    found = environment.read()
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": found.threads,
        "memory_limit": found.memory_limit,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "storage_compatibility_version": storage,
    }
    connection = duckdb.connect(str(path or ":memory:"), read_only=read_only, config=config)
    try:
        connection.execute("set global timezone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _text(path: Path, end: str = "") -> str:
    return "'" + str(path).replace("'", "''") + end + "'"

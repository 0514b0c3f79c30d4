"""The published file as the pages read it: whichever generation the pointer names at the time."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from orchestration import warehouse

KEPT_ANSWERS = 512
ATTEMPTS = 3
# Of 2,048 rows each.
CHUNK_VECTORS = 8


class Missing(Exception):
    """What was asked is not in the file served: a table, a column, or the file itself."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Published:
    """Follows the pointer: a moved one is opened at the next question, answers of the old are forgotten."""

    def __init__(self, pointer: Path) -> None:
        self._pointer = pointer
        self._lock = threading.Lock()
        self._opened: tuple[Path, int] | None = None
        self._open: list[tuple[ExitStack, duckdb.DuckDBPyConnection]] = []
        self._answers: OrderedDict[tuple[str, str], pd.DataFrame] = OrderedDict()
        self._asking: dict[tuple[str, str], threading.Lock] = {}
        self._tables: dict[str, set[str]] = {}

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a query.

        Raises
        ------
        Missing
            Nothing is published, or the file lacks a table or column of the query.
        """
        given = _used(sql, parameters)
        key = (sql, repr(sorted(given.items())))
        with self._lock:
            asking = self._asking.setdefault(key, threading.Lock())
        # The panels of a page are asked for at once: what several of them show is asked once.
        with asking:
            try:
                return self._answered(key, given).copy()
            finally:
                with self._lock:
                    self._asking.pop(key, None)

    def _answered(self, key: tuple[str, str], given: dict[str, Any]) -> pd.DataFrame:
        with self._lock:
            connection = self._current()
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            cursor = connection.cursor()
        try:
            found = _asked(cursor, key[0], given).df()
        finally:
            cursor.close()
        with self._lock:
            # Kept only if no newer file was opened meanwhile.
            if self._open and self._open[-1][1] is connection:
                self._answers[key] = found
                while len(self._answers) > KEPT_ANSWERS:
                    self._answers.popitem(last=False)
        return found

    def chunks(self, sql: str, parameters: Mapping[str, Any]) -> Iterator[pd.DataFrame]:
        """The rows of a query some thousands at a time, kept nowhere; asked at once, read as they are wanted.

        Raises
        ------
        Missing
            Nothing is published, or the file lacks a table or column of the query.
        """
        with self._lock:
            cursor = self._current().cursor()
        _asked(cursor, sql, _used(sql, parameters))

        def read() -> Iterator[pd.DataFrame]:
            with contextlib.closing(cursor):
                while len(chunk := cursor.fetch_df_chunk(CHUNK_VECTORS)):
                    yield chunk

        return read()

    def has(self, tables: set[str]) -> set[str]:
        """Those of the tables that the file lacks."""
        with self._lock:
            self._current()
            return tables - set(self._tables)

    def columns(self, table: str) -> set[str]:
        """The columns of a table, none when it is not there."""
        with self._lock:
            self._current()
            return self._tables.get(table, set())

    @property
    def generation(self) -> str:
        """The name of the file served."""
        with self._lock:
            self._current()
            return self._opened[0].stem if self._opened else ""

    def _current(self) -> duckdb.DuckDBPyConnection:
        for attempt in range(ATTEMPTS):
            try:
                target = self._pointer.resolve(strict=True)
                mark = (target, target.stat().st_mtime_ns)
                if mark != self._opened:
                    self._change(target)
                    self._opened = mark
                return self._open[-1][1]
            except (OSError, duckdb.IOException) as error:
                # The file named may have been dropped between two looks: look again.
                if attempt == ATTEMPTS - 1:
                    raise Missing("current.duckdb") from error
        raise Missing("current.duckdb")

    def _change(self, target: Path) -> None:
        stack = ExitStack()
        connection = stack.enter_context(warehouse.open_file(target, read_only=True))
        rows = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'marts'"
        ).fetchall()
        self._tables = {}
        for table, column in rows:
            self._tables.setdefault(table, set()).add(column)
        self._answers.clear()
        self._open.append((stack, connection))
        # The one before may still be answering; the one before that is not.
        while len(self._open) > 2:
            self._open.pop(0)[0].close()


def _used(sql: str, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (parameters or {}).items() if f"${name}" in sql}


def _asked(cursor: duckdb.DuckDBPyConnection, sql: str, given: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    try:
        return cursor.execute(sql, given)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise Missing(_named(str(error))) from error


def _named(message: str) -> str:
    """The table or column an engine's message is about."""
    first = message.splitlines()[0]
    quoted = first.split('"')
    if len(quoted) > 1:
        return quoted[1]
    words = first.split("name ")
    return words[1].split(" ")[0] if len(words) > 1 else first

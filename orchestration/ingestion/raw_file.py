"""The Parquet of raw rows: the same rows in the same order are the same bytes, however they came.

Arrow writes it for half of what DuckDB's COPY takes, whose dictionaries are tried value by value.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.contract import Entity
from orchestration.ingestion.ledger import FileLoad

# As DuckDB cuts its own, so that its readers share out the work as before.
GROUP_ROWS = 122_880
# Row groups on their way to the disk at once: more would only take memory.
BACKLOG = 3
# A dictionary pays where the first values come several times each.
LOOK_ROWS, TIMES_EACH = 1024, 4
# The sizes are those of DuckDB's files, which are packed by level 3.
LEVEL = 1
TYPES = {
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "bigint": pa.int64(),
    "decimal(18,4)": pa.decimal128(18, 4),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "json": pa.json_(pa.string()),
}
ONCE = pa.dictionary(pa.int32(), pa.string())


class RawFile:
    """Rows of one (file, entity) on their way into a Parquet file; a context.

    Parameters
    ----------
    path : Path
        Where; replaced if it is there, and gone when the context ends in an error.
    entity : Entity
        What the rows are of.
    load : FileLoad
        What the columns `_file`, `_file_sha256`, `_loaded_on` and `_feed` say of every row that does
        not bring them. Of the contract's columns those that rows do not bring are NULL.
    """

    def __init__(self, path: Path, entity: Entity, load: FileLoad) -> None:
        self._path = path
        self._constants: dict[str, str | date] = {
            "_file": load.file,
            "_file_sha256": load.sha256,
            "_loaded_on": load.loaded_on,
            "_feed": load.feed,
        }
        # Of a text said once Arrow writes the place in each row, without looking it up.
        said = {name: ONCE for name, value in self._constants.items() if isinstance(value, str)}
        self._schema = pa.schema(
            [(name, said.get(name, TYPES[kind])) for name, kind in entity.raw_columns.items()]
        )
        self._waiting: list[pa.Table] = []
        self._held, self.rows = 0, 0
        self._writer: pq.ParquetWriter | None = None
        self._pool = ThreadPoolExecutor(1)
        self._written: deque[Future[None]] = deque()

    def __enter__(self) -> RawFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        except BaseException:
            self._path.unlink(missing_ok=True)
            raise
        finally:
            self._pool.shutdown()
            if self._writer is not None:
                self._writer.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def add(self, rows: pa.Table) -> None:
        """Take in some rows; they are written once they fill a row group."""
        self._waiting.append(rows)
        self._held += rows.num_rows
        self.rows += rows.num_rows
        while self._held >= GROUP_ROWS:
            together = pa.concat_tables(self._waiting)
            self._waiting, self._held = [together.slice(GROUP_ROWS)], self._held - GROUP_ROWS
            while len(self._written) >= BACKLOG:
                self._written.popleft().result()
            self._written.append(self._pool.submit(self._write, together.slice(0, GROUP_ROWS)))

    def _finish(self) -> None:
        while self._written:
            self._written.popleft().result()
        if self._held or self._writer is None:
            self._write(pa.concat_tables(self._waiting) if self._waiting else self._schema.empty_table())

    def _write(self, rows: pa.Table) -> None:
        group = pa.Table.from_arrays(
            [self._column(rows, field) for field in self._schema], schema=self._schema
        )
        if self._writer is None:
            repeating = [name for name in self._schema.names if _repeats(group[name])]
            self._writer = pq.ParquetWriter(
                self._path,
                self._schema,
                compression="zstd",
                compression_level=LEVEL,
                use_dictionary=repeating,
                column_encoding={"_line": "DELTA_BINARY_PACKED"},
                store_decimal_as_integer=True,
                store_schema=False,
            )
        if group.num_rows:
            self._writer.write_table(group, row_group_size=GROUP_ROWS)

    def _column(self, rows: pa.Table, field: pa.Field) -> pa.Array:
        """One column of a row group in one piece: where pieces end would show in its pages."""
        if field.name not in rows.column_names:
            if field.name not in self._constants:
                return pa.nulls(rows.num_rows, field.type)
            constant = self._constants[field.name]
            if field.type != ONCE:
                return pa.repeat(pa.scalar(constant, field.type), rows.num_rows)
            return pa.DictionaryArray.from_arrays(np.zeros(rows.num_rows, np.int32), pa.array([constant]))
        found = rows[field.name]
        found = found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()
        if isinstance(field.type, pa.JsonType):
            return pa.ExtensionArray.from_storage(field.type, found.cast(pa.string()))
        found = found if found.type == field.type or field.type == ONCE else found.cast(field.type)
        return found.dictionary_encode() if field.type == ONCE else found


def _repeats(column: pa.ChunkedArray) -> bool:
    """Whether a dictionary would make a column smaller."""
    if column.null_count == len(column) or column.type == pa.bool_():
        return False
    if column.type == ONCE:
        return True
    first = column.slice(0, LOOK_ROWS)
    values = first.chunk(0).storage if isinstance(first.type, pa.JsonType) else first
    return pc.count_distinct(values).as_py() * TIMES_EACH <= len(first)

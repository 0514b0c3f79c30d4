"""One pass over the records of a file: rows of those in no doubt, and the lines of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.ingestion import engine, judge, raw_file, store
from orchestration.ingestion.engine import identifier
from orchestration.ingestion.feed import Mapped
from orchestration.ingestion.in_memory import Taken
from orchestration.ingestion.ledger import FileLoad, Place
from orchestration.ingestion.reading import Reading


class Unclean(Exception):
    """The file has to be read the careful way."""


def texts_of(reading: Reading, mapped: Mapped, taken: Taken | None) -> dict[str, pa.ChunkedArray]:
    """The contract's columns that stand in a file as they are to be stored."""
    if taken is None or reading.document:
        return {}
    usable = judge.usable(reading)
    return {
        name: taken.table[reading.columns[source]]
        for name, source in mapped.plain("text").items()
        if source in usable and name != mapped.entity.derived_key
    }


@dataclass(frozen=True)
class Pass:
    """What one pass over the records for one entity told.

    Parameters
    ----------
    doubtful : list of int
        Lines of the records that are not among the rows.
    alike : array of int
        Lines of the records, doubtful or not, that share their key with another: only those can be
        copies of others.
    rows : int
        How many are written.
    held : list of pyarrow.Table
        Those of a file that is one row group at most, not yet written.
    """

    doubtful: list[int]
    alike: NDArray[np.int64]
    rows: int
    held: list[pa.Table]


def passed(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    mapped: Mapped,
    load: FileLoad,
    rows: str,
    records: int,
    texts: Mapping[str, pa.ChunkedArray],
    most: int,
) -> Pass:
    """Write the records of a judged relation that nothing is wrong with.

    Parameters
    ----------
    rows : str
        SQL of the judged records, in the order of their lines.
    records : int
        How many there have to be.
    texts : mapping of str to pyarrow.ChunkedArray
        Columns to be stored as they stand, one value per record.
    most : int
        How many may be in doubt.

    Raises
    ------
    Unclean
        There are more in doubt, or not so many records, or they lie in another order.
    """
    names = store.given(mapped)
    worked = [name for name in names if name not in texts]
    keys = [name for name in mapped.entity.key if name in names]
    inner = store.columns(mapped, load, [*dict.fromkeys([*worked, *keys]), "_line"])
    outer = ", ".join(map(identifier, [*worked, "_line", "_doubt"]))
    query = (
        f"select {outer}, hash({', '.join(map(identifier, keys))}) as _key "
        f"from (select {inner}, _reason is not null as _doubt from ({rows}))"
    )
    held: list[pa.Table] = []
    with ExitStack() as stack:
        out = stack.enter_context(store.raw_file(place, load)) if records > raw_file.GROUP_ROWS else None
        take = held.append if out is None else out.add
        doubtful, lines, hashes = _sorted_out(connection, query, worked, texts, records, most, take)
        # The last rows are still being packed.
        alike = _alike(hashes, lines)
    return Pass(doubtful, alike, 0 if out is None else out.rows, held)


def _sorted_out(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    worked: Sequence[str],
    texts: Mapping[str, pa.ChunkedArray],
    records: int,
    most: int,
    take: Callable[[pa.Table], None],
) -> tuple[list[int], NDArray[np.int64], NDArray[np.uint64]]:
    """Hand on the rows of a query that are in no doubt.

    Gives the lines of the others, and of every record its line and the hash of its key.
    """
    doubtful: list[int] = []
    # Copied: to keep a column of a batch would keep all of it.
    lines, hashes = np.empty(records, np.int64), np.empty(records, np.uint64)
    done = 0
    for batch in engine.batches(connection, query, raw_file.GROUP_ROWS):
        end = done + batch.num_rows
        if end > records:
            raise Unclean
        lines[done:end], hashes[done:end] = batch["_line"].to_numpy(), batch["_key"].to_numpy()
        step = np.diff(lines[max(0, done - 1) : end])
        # Texts are not of the query: their places are those of the lines only where none is missing.
        if (step < 1).any() or (texts and (step > 1).any()):
            raise Unclean
        table = pa.Table.from_batches([batch.select([*worked, "_line"])])
        for name, column in texts.items():
            table = table.append_column(name, column.slice(done, batch.num_rows))
        done = end
        if batch["_doubt"].true_count:
            doubtful += batch["_line"].filter(batch["_doubt"]).to_pylist()
            table = table.filter(pc.invert(batch["_doubt"]))
        if len(doubtful) > most:
            raise Unclean
        take(table)
    if done < records:
        raise Unclean
    return doubtful, lines, hashes


def _alike(hashes: NDArray[np.uint64], lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lines whose hash is not theirs alone."""
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return lines[np.isin(hashes, twice)] if len(twice) else lines[:0]

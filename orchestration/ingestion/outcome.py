"""What judging a file comes to: repeated records, raw rows, refused bytes, and the law."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.ingestion import engine, judge, store
from orchestration.ingestion.feed import Mapped
from orchestration.ingestion.judge import Verdict
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.reading import FILE, SOURCE, Reading, Refusal

ALIKE = "alike"


def mark_repeated(
    connection: duckdb.DuckDBPyConnection, reading: Reading, *, among: NDArray[np.int64] | None = None
) -> list[int]:
    """Table `repeated`: the records that are exact copies of an earlier one in the file.

    Gives their lines; only those named are looked at.
    """
    columns = [reading.document] if reading.document else list(reading.columns.values())
    connection.execute("create or replace temp table repeated (_line bigint)")
    if not columns:
        return []
    listed, relation = ", ".join(columns), reading.relation
    if among is not None:
        connection.register(ALIKE, pa.table({"_line": among}))
        relation = f"(select * from {relation} semi join {ALIKE} using (_line))"
    # A hash over all rows is cheap; only rows that share one are compared.
    connection.execute(
        f"insert into repeated select _line from ("
        f"select _line, row_number() over (partition by {FILE}, {listed} order by _line) as copy "
        f"from {relation} where hash({FILE}, {listed}) in ("
        f"select hash({FILE}, {listed}) from {relation} group by 1 having count(*) > 1)) "
        f"where copy > 1"
    )
    if among is not None:
        connection.unregister(ALIKE)
    found = connection.execute("select _line from repeated").fetchall()
    reading.has_repeated = bool(found)
    return [int(line) for (line,) in found]


def unread(reading: Reading, verdict: Verdict, records: int, file: int) -> list[Refusal]:
    """What of a file could not be read as a record.

    Of one refused whole that holds nothing else its header, which may be a record taken for one.
    """
    found = reading.refused[file]
    if found or records or not verdict.refused_whole or reading.header is None:
        return found
    line = reading.header
    return [Refusal(line.number, line.offset, line.raw, "missing_column", verdict.refused_whole)]


def rows_and_refusals(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    mapped: Mapped,
    verdict: Verdict,
    load: FileLoad,
    unread: list[Refusal],
    file: int = 0,
) -> tuple[str, Iterator[Refusal]]:
    """SQL of the raw rows, and the refused records with their raw bytes."""
    if load.status == "refused":
        spans = connection.execute(
            f"select _line, _span from {SOURCE} where {FILE} = {file} order by _line"
        ).fetchall()
        raw = reading.raw(spans)
        every = (
            Refusal(line.number, line.offset, line.raw, "missing_column", verdict.refused_whole)
            for _, line in raw
        )
        nothing = ", ".join(
            f"cast(null as {kind}) as {engine.identifier(name)}"
            for name, kind in mapped.entity.raw_columns.items()
        )
        return f"select {nothing} where false", chain(every, store.ordered(unread))
    table = judge.table(mapped)
    rows = store.rows_of(mapped, table, load, file, whole=mapped.one_row_per_key)
    is_plain = reading.files == 1 and not mapped.one_row_per_key
    if not (is_plain and _is_in_order(connection, table)):
        rows = store.grouped(mapped, rows)
    return rows, refused(connection, reading, mapped, file)


def refused(
    connection: duckdb.DuckDBPyConnection, reading: Reading, mapped: Mapped, file: int = 0
) -> Iterator[Refusal]:
    """The refused records of a file with their raw bytes, in the order of their lines."""
    found = connection.execute(
        f"select _line, _span, _reason from {judge.table(mapped)} "
        f"where _reason is not null and {FILE} = {file} order by _line"
    ).fetchall()
    why = {line: reason.partition("|") for line, _, reason in found}
    judged = (
        Refusal(line.number, line.offset, line.raw, why[n][0], why[n][2])
        for n, line in reading.raw((line, span) for line, span, _ in found)
    )
    return store.ordered([*judged, *reading.refused[file]])


def _is_in_order(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a table lies in the order of its lines: far cheaper to ask than to sort it."""
    before = f"select _line < lag(_line) over () as falls from {table}"
    return engine.scalar(connection, f"select count(*) from ({before}) where falls") == 0


def row_counts(connection: duckdb.DuckDBPyConnection, mapped: Mapped) -> dict[int, int]:
    """Rows the accepted records of every file will make."""
    chosen = f"{FILE} as place"
    if mapped.one_row_per_key:
        chosen = f"distinct {chosen}, {', '.join(engine.identifier(key) for key in mapped.entity.key)}"
    return counts(connection, f"select {chosen} from {judge.table(mapped)} where _reason is null")


def counts(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[int, int]:
    """How many of some rows with a `place` each file has."""
    found = connection.execute(f"select place, count(*) from ({rows}) group by 1").fetchall()
    return {int(place): int(count) for place, count in found}


def check_conserved(load: FileLoad) -> None:
    """The law that no record is lost; RuntimeError when it is broken, and nothing is written."""
    if load.physical != load.accepted + load.quarantined + load.duplicate:
        raise RuntimeError(
            f"feed {load.feed}, {load.file} ({load.entity}): {load.physical} records are not "
            f"{load.accepted} accepted + {load.quarantined} quarantined + {load.duplicate} duplicate"
        )

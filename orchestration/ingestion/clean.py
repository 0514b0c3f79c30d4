"""Files with little or nothing wrong: from CSV or NDJSON to raw Parquet in one pass.

The rows come of the same SQL as on the careful way; what is left out is every table between. Records
that are refused or are copies take the careful way by themselves, and their rows are left out again.
A file with more of them, that skips or groups records or leaves any doubt, takes it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration.ingestion import at_sight, engine, judge, outcome, store
from orchestration.ingestion.arrivals import Arrival
from orchestration.ingestion.engine import identifier
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.in_memory import Taken
from orchestration.ingestion.judge import Verdict
from orchestration.ingestion.ledger import FileLoad, Place
from orchestration.ingestion.reading import SOURCE, Reading, Refusal

# Lines of one file are told from each other by 32 bits, of which no file has ever used the highest.
REFUSED = 1 << 31
# Past one record in so many, writing rows twice costs more than tables between.
FEW = 8


@dataclass(frozen=True)
class Part:
    """What came of a file's records for one entity.

    Parameters
    ----------
    verdict : Verdict
        The counts and reasons, and the source columns that are missing.
    refused : list of Refusal
        The refused records, in the order of their lines.
    """

    verdict: Verdict
    refused: list[Refusal]


@dataclass(frozen=True)
class Clean:
    """A file whose accepted records are one row each, for every entity.

    Parameters
    ----------
    reading : Reading
        Its columns, blank lines and what is no record; its records are in no table.
    records : int
        How many.
    repeated : int
        How many of them are exact copies of an earlier one.
    parts : list of Part
        One per entity; the raw rows written are as many as its records accepted.
    """

    reading: Reading
    records: int
    repeated: int
    parts: list[Part]


def write(
    connection: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    feed: Feed,
    places: Sequence[Place],
    as_of: date,
    taken: Taken | None,
    draft: bool = False,
) -> Clean | None:
    """Write the raw rows of a file beside their places, not yet under their names.

    Parameters
    ----------
    places : sequence of Place
        One per entity of the arrival.
    taken : Taken, optional
        The file taken apart, where that could be done in memory.
    draft : bool
        Something in it is likely to be wrong: rows are packed only when they are written again.

    Returns
    -------
    Clean or None
        None when the file has to be read the careful way; then nothing is left of the attempt.
    """
    targets = [feed.targets[place.entity] for place in places]
    if feed.options.time_zone_column or any(m.skip_when or m.one_row_per_key for m in targets):
        return None
    found: Clean | None = None
    try:
        read = at_sight.read(connection, arrival, feed, taken)
        found = read and _written(connection, arrival, feed, places, as_of, draft, *read)
    except (duckdb.Error, MemoryError):
        # Whatever the matter is, the careful way meets it too, and says so.
        return None
    finally:
        if found is None:
            for place in places:
                store.written(place).unlink(missing_ok=True)
        at_sight.forget(connection)
    return found


def _written(
    connection: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    feed: Feed,
    places: Sequence[Place],
    as_of: date,
    draft: bool,
    reading: Reading,
    records: int,
) -> Clean | None:
    loads = [FileLoad(feed.name, p.entity, as_of, arrival.landed.name, arrival.sha256) for p in places]
    targets = [feed.targets[place.entity] for place in places]
    for place, mapped, load in zip(places, targets, loads, strict=True):
        if judge.missing(reading, mapped)[1]:
            return None
        rows = judge.judged(connection, reading, feed, mapped, as_of, sampled=True)
        # A filter would be worked out once more for every column.
        line = f"case when _reason is null then _line else _line + {REFUSED} end as _line"
        rows = f"(select * replace ({line}) from ({rows}))"
        rows, packed = store.every_row(mapped, rows, load), "uncompressed" if draft else "zstd"
        if store.write(connection, place, rows, packed) != records:
            return None
    # Copies of a record would be equal rows of every entity.
    copies: list[int] = []
    if not any(
        _all_differ(connection, mapped, store.written(place), records)
        for place, mapped in zip(places, targets, strict=True)
    ):
        copies = outcome.mark_repeated(connection, reading)
    parts = []
    for place, mapped, load in zip(places, targets, loads, strict=True):
        bad = _refused(connection, place, copies)
        kept = records - len(bad) - len(copies)
        if (records - kept) * FEW >= records:
            return None
        part = _set_aside(connection, reading, feed, mapped, as_of, bad)
        is_final = kept == records and not draft
        if part is None or not (is_final or _rewritten(connection, place, mapped, load, copies) == kept):
            return None
        parts.append(replace(part, verdict=replace(part.verdict, accepted=kept)))
    return Clean(reading, records, len(copies), parts)


def _refused(connection: duckdb.DuckDBPyConnection, place: Place, copies: Sequence[int]) -> list[int]:
    """The lines of the refused records among the rows written, copies of others not among them."""
    written = engine.file_literal(store.written(place))
    found = connection.execute(
        f"select _line - {REFUSED} from read_parquet({written}) where _line >= {REFUSED}"
    ).fetchall()
    return sorted({int(line) for (line,) in found}.difference(copies))


def _set_aside(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    feed: Feed,
    mapped: Mapped,
    as_of: date,
    lines: Sequence[int],
) -> Part | None:
    """Judge some records with care; None when one of them is not refused after all."""
    if not lines:
        return Part(Verdict(judge.missing(reading, mapped)[0]), list(store.ordered(reading.refused[0])))
    connection.execute(
        f"create or replace temp table {SOURCE} as select * from {reading.relation} "
        f"where _line in (select unnest({list(lines)}::bigint[]))"
    )
    own = replace(reading, relation=SOURCE, has_repeated=False)
    (verdict,) = judge.judge(connection, own, feed, mapped, as_of)
    if verdict.accepted or verdict.skipped or sum(verdict.reasons.values()) != len(lines):
        return None
    refused = outcome.refused(connection, own, mapped)
    return Part(verdict, list(refused))


def _rewritten(
    connection: duckdb.DuckDBPyConnection, place: Place, mapped: Mapped, load: FileLoad, copies: Sequence[int]
) -> int:
    """Leave refused records and copies out of the rows written; how many are left."""
    written = store.written(place)
    whole = written.with_name(f".whole{written.name}")
    written.replace(whole)
    kept = f"_line < {REFUSED}"
    if copies:
        # One bit a line: a join would give the rows in any order, and a list is searched row by row.
        first, bits = min(copies), bytearray(b"0" * (max(copies) - min(copies) + 1))
        for line in copies:
            bits[line - first] = ord("1")
        place_of = f"cast(_line - {first} as integer)"
        is_copy = f"get_bit('{bits.decode()}'::bit, {place_of}) = 1"
        kept += f" and case when _line between {first} and {max(copies)} then not {is_copy} else true end"
    try:
        rows = f"read_parquet({engine.file_literal(whole)})"
        return store.write(connection, place, f"{store.every_row(mapped, rows, load)} where {kept}")
    finally:
        whole.unlink()


def _all_differ(connection: duckdb.DuckDBPyConnection, mapped: Mapped, rows: Path, records: int) -> bool:
    """Whether no row says the same as another: copies of a record would; of keys it is told sooner."""
    entity = mapped.entity
    every = [*(column.name for column in entity.columns), entity.remainder]
    for names in (list(entity.key), every):
        hashed = f"hash({', '.join(map(identifier, names))})"
        query = f"select count(distinct {hashed}) from read_parquet({engine.file_literal(rows)})"
        if engine.scalar(connection, query) == records:
            return True
    return False

"""Files with little or nothing wrong: from CSV or NDJSON to raw Parquet in one pass.

The rows come of the same SQL as on the careful way; what is left out is every table between. Records
in doubt take the careful way by themselves, and none of them may pass it; copies of others are left out.
A file with more of them, that skips or groups records or leaves any doubt, takes it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.ingestion import at_sight, engine, judge, one_pass, outcome, store
from orchestration.ingestion.arrivals import Arrival
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.in_memory import Taken
from orchestration.ingestion.judge import Verdict
from orchestration.ingestion.ledger import FileLoad, Place
from orchestration.ingestion.one_pass import Pass, Unclean
from orchestration.ingestion.reading import SOURCE, Reading, Refusal

# Past one record in so many in doubt, to judge those twice costs more than tables between.
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
) -> Clean | None:
    """Write the raw rows of a file beside their places, not yet under their names.

    Parameters
    ----------
    places : sequence of Place
        One per entity of the arrival.
    taken : Taken, optional
        The file taken apart, where that could be done in memory.

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
        found = read and _written(connection, arrival, feed, places, as_of, taken, *read)
    except (duckdb.Error, MemoryError, OSError, Unclean):
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
    taken: Taken | None,
    reading: Reading,
    records: int,
) -> Clean:
    loads = [FileLoad(feed.name, p.entity, p.loaded_on, arrival.landed.name, arrival.sha256) for p in places]
    targets = [feed.targets[place.entity] for place in places]
    passes, most = [], (records - 1) // FEW
    for place, mapped, load in zip(places, targets, loads, strict=True):
        if judge.missing(reading, mapped)[1]:
            raise Unclean
        rows = judge.judged(connection, reading, feed, mapped, as_of, sampled=True)
        texts = one_pass.texts_of(reading, mapped, taken)
        passes.append(one_pass.passed(connection, place, mapped, load, rows, records, texts, most))
    # Copies of a record would be equal rows of every entity.
    alike = min((one.alike for one in passes), key=len)
    copies = outcome.mark_repeated(connection, reading, among=alike) if len(alike) else []
    parts = []
    for place, mapped, load, one in zip(places, targets, loads, passes, strict=True):
        bad = sorted(set(one.doubtful).difference(copies))
        kept = records - len(bad) - len(copies)
        if records - kept > most:
            raise Unclean
        part = _set_aside(connection, reading, feed, mapped, as_of, bad)
        if _settled(connection, place, load, one, copies) != kept:
            raise Unclean
        parts.append(replace(part, verdict=replace(part.verdict, accepted=kept)))
    return Clean(reading, records, len(copies), parts)


def _settled(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    load: FileLoad,
    one: Pass,
    copies: Sequence[int],
) -> int:
    """Write what is held and leave copies out of what is written; how many rows there are."""
    if not one.held:
        return _rewritten(connection, place, load, copies) if copies else one.rows
    with store.raw_file(place, load) as out:
        for rows in one.held:
            gone = np.isin(rows["_line"].to_numpy(), copies)
            out.add(rows.filter(pa.array(~gone)) if gone.any() else rows)
    return out.rows


def _set_aside(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    feed: Feed,
    mapped: Mapped,
    as_of: date,
    lines: Sequence[int],
) -> Part:
    """Judge some records with care; none of them may pass."""
    if not lines:
        return Part(Verdict(judge.missing(reading, mapped)[0]), list(store.ordered(reading.refused[0])))
    connection.execute(
        f"create or replace temp table {SOURCE} as select * from {reading.relation} "
        f"where _line in (select unnest({list(lines)}::bigint[]))"
    )
    own = replace(reading, relation=SOURCE, has_repeated=False, instants={}, decimals={})
    (verdict,) = judge.judge(connection, own, feed, mapped, as_of)
    if verdict.accepted or verdict.skipped or sum(verdict.reasons.values()) != len(lines):
        raise Unclean
    return Part(verdict, list(outcome.refused(connection, own, mapped)))


def _rewritten(
    connection: duckdb.DuckDBPyConnection, place: Place, load: FileLoad, copies: Sequence[int]
) -> int:
    """Leave copies out of the rows written; how many are left."""
    written = store.written(place)
    whole = written.with_name(f".whole{written.name}")
    written.replace(whole)
    # One bit a line: a join would give the rows in any order, and a list is searched row by row.
    first, bits = min(copies), bytearray(b"0" * (max(copies) - min(copies) + 1))
    for line in copies:
        bits[line - first] = ord("1")
    is_copy = f"get_bit('{bits.decode()}'::bit, cast(_line - {first} as integer)) = 1"
    kept = f"case when _line between {first} and {max(copies)} then not {is_copy} else true end"
    try:
        rows = f"select * from read_parquet({engine.file_literal(whole)}, hive_partitioning = false)"
        return store.write(connection, place, load, f"{rows} where {kept}")
    finally:
        whole.unlink()

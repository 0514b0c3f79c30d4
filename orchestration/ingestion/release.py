"""Release from quarantine: refused records are judged again, by a corrected feed or on a later day.

The accepted rows of the file stay as they were loaded; what is accepted now is added in a new
generation that replaces the old one at once. Nothing newly accepted means nothing written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.ingestion import (
    csv_lines,
    engine,
    judge,
    ledger,
    outcome,
    read_csv,
    read_json,
    recovery,
    store,
)
from orchestration.ingestion.feed import Feed, Source
from orchestration.ingestion.judge import Verdict
from orchestration.ingestion.ledger import RAW, FileLoad, Place
from orchestration.ingestion.lines import Line
from orchestration.ingestion.read import names_of
from orchestration.ingestion.reading import DOCUMENT, Pick, Reading, Refusal
from orchestration.ingestion.unpack import WIDE

# Reasons that name a file, not a record in it: there is nothing to read again.
WHOLE_FILES = frozenset({"unreadable_file", "too_large", "missing_sheet"})


def due(
    feed: Feed, *, data: Path, as_of: date, limit: datetime, history: Iterable[FileLoad]
) -> list[FileLoad]:
    """Judge again the files with records that were too far ahead and no longer are."""
    ready = {(load.entity, load.sha256) for load in history if load.due and load.due < limit}
    return again(feed, data=data, as_of=as_of, only=ready) if ready else []


def again(feed: Feed, *, data: Path, as_of: date, only: set[tuple[str, str]]) -> list[FileLoad]:
    """Judge the quarantined records of a feed again; idempotent.

    Parameters
    ----------
    feed : Feed
        As it is now.
    data : Path
        The tenant's state.
    as_of : date
        The day it is done for; becomes `_loaded_on` of the rows it adds.
    only : set of (entity, sha256)
        Which files.

    Returns
    -------
    list of FileLoad
        The new counts of every file that changed.
    """
    done = []
    for entity in feed.entities:
        recovery.recover(data, entity, feed.name)
        for sha, place in sorted(ledger.current(data, entity, feed.name).items()):
            if (entity, sha) not in only:
                continue
            held = [item for item, _ in store.refusals(place)]
            if not any(item.reason not in WHOLE_FILES for item in held):
                continue
            with engine.scratch(data, small=True) as (connection, temporary):
                load = _again(connection, temporary, feed, place, held, as_of)
            if load is not None:
                recovery.recover(data, entity, feed.name)
                done.append(load)
    return done


def _again(
    connection: duckdb.DuckDBPyConnection,
    temporary: Path,
    feed: Feed,
    place: Place,
    held: list[Refusal],
    as_of: date,
) -> FileLoad | None:
    mapped = feed.targets[place.entity]
    before = ledger.parse(place.file(ledger.LOADS).read_text(encoding="utf-8"))
    keep = [item for item in held if item.reason in WHOLE_FILES]
    reading = _reading(connection, temporary, feed, before, [i for i in held if i not in keep])
    if reading is None:
        return None
    reading.refused[0] += keep
    outcome.mark_repeated(connection, reading)
    verdict = judge.judge(connection, reading, feed, mapped, as_of)[0]
    repeated = engine.scalar(connection, "select count(*) from repeated")
    gained = verdict.accepted + verdict.skipped
    # Of a CSV file refused whole for a column, that it has one now is news in itself.
    is_read = before.status == "refused" and feed.source.format == "csv"
    if verdict.refused_whole or not (gained or is_read):
        return None
    now = _counts(before, reading, verdict, gained, repeated)
    added = replace(now, loaded_on=as_of, status="loaded")
    rows, refused = outcome.rows_and_refusals(connection, reading, mapped, verdict, added, reading.refused[0])
    kept = f"select * from read_parquet({engine.file_literal(place.file(RAW))}, hive_partitioning = false)"
    fresh = store.rows_of(mapped, judge.table(mapped), added, whole=True)
    rows = store.grouped(mapped, f"{kept} union all by name {fresh}")
    now = replace(now, rows=engine.scalar(connection, f"select count(*) from ({rows})"))
    outcome.check_conserved(now)
    target = replace(place, generation=now.generation)
    store.commit(connection, target, now, rows, refused)
    return now


def _counts(before: FileLoad, reading: Reading, verdict: Verdict, gained: int, repeated: int) -> FileLoad:
    """The file's counts with the records that are no longer quarantined.

    A corrected dialect may find more or fewer records in the same bytes; `physical` follows.
    """
    reasons = dict(verdict.reasons)
    for item in reading.refused[0]:
        reasons[item.reason] = reasons.get(item.reason, 0) + 1
    accepted, duplicate = before.accepted + gained, before.duplicate + repeated
    return replace(
        before,
        physical=accepted + duplicate + sum(reasons.values()),
        accepted=accepted,
        skipped=before.skipped + verdict.skipped,
        duplicate=duplicate,
        quarantined=sum(reasons.values()),
        reasons=dict(sorted(reasons.items())),
        status="loaded",
        missing=tuple(verdict.missing),
        due=verdict.due,
        generation=before.generation + 1,
    )


def _reading(
    connection: duckdb.DuckDBPyConnection,
    temporary: Path,
    feed: Feed,
    before: FileLoad,
    held: list[Refusal],
) -> Reading | None:
    """The quarantined bytes as a file of their own, every line with its old number.

    None when they cannot be one: rows are no lines, or the header is not among them.
    """
    source = feed.source
    has_lines = source.format in ("csv", "ndjson")
    if any((item.offset is None) == has_lines for item in held):
        return None
    if not has_lines:
        return _of_rows(connection, temporary, feed, held)
    encoding = encoding_of(feed)
    if any((item.offset or 0) % WIDE.get(encoding, 1) for item in held):
        # Another encoding cut them, in the middle of characters.
        return None
    # What another dialect took for the header may be a record, and the other way round.
    header = [Refusal(1, 0, bytes.fromhex(before.header), "")] if before.header else []
    by_number = {line.number: line for line in _lines([*header, *held], encoding)}
    physical = [by_number[number] for number in sorted(by_number)]
    if source.format == "csv":
        return _of_csv(connection, temporary, source, physical, encoding)
    names = names_of(feed)
    reading = Reading({name: f"c{i}" for i, name in enumerate(names)}, document=DOCUMENT)
    reading.pick = _picker(physical, b"\n")
    read_json.slow(connection, physical, encoding, temporary / "clean", reading)
    read_json.settle(connection, source, names, reading)
    return reading


def _of_csv(
    connection: duckdb.DuckDBPyConnection,
    temporary: Path,
    source: Source,
    physical: list[Line],
    encoding: str,
) -> Reading | None:
    newline, clean = "\n".encode(encoding), temporary / "clean"
    top = [line for number, line in enumerate(physical, 1) if line.number == number]
    header = read_csv.header_of(newline.join(line.raw for line in top), source, encoding, newline)
    if not header.names:
        return None
    width, rest = len(header.names), physical[header.span :]
    parsed = csv_lines.parse(iter(rest), width, source, encoding, clean)
    read_csv.load_clean(connection, clean, width, source)
    pick = _picker(rest, newline)
    return Reading(header.columns(), [parsed.refused], header=header.line, twice=header.twice, pick=pick)


def _of_rows(
    connection: duckdb.DuckDBPyConnection, temporary: Path, feed: Feed, held: list[Refusal]
) -> Reading:
    """Rows of a workbook or Parquet file, each kept as JSON."""
    names = sorted(read_json.keys(item.raw for item in held) | set(names_of(feed)))
    physical = list(_lines(held, "utf-8"))
    reading = Reading({name: f"c{i}" for i, name in enumerate(names)}, document=DOCUMENT)
    reading.pick = _picker(physical, b"\n")
    read_json.slow(connection, physical, "utf-8", temporary / "clean", reading)
    read_json.settle(connection, feed.source, names, reading)
    reading.document = None
    return reading


def encoding_of(feed: Feed) -> str:
    """What a feed's quarantined bytes are written in; records of formats other than text are kept as JSON."""
    encoding = feed.source.encoding
    if feed.source.format not in ("csv", "ndjson") or encoding in ("utf-8-sig", "ascii"):
        return "utf-8"
    is_of_either_order = encoding in WIDE and not encoding.endswith(("-le", "-be"))
    return f"{encoding}-le" if is_of_either_order else encoding


def _lines(held: list[Refusal], encoding: str) -> Iterator[Line]:
    newline = "\n".encode(encoding)
    for item in sorted(held, key=lambda refusal: refusal.line):
        offset = item.offset
        for number, raw in enumerate(item.raw.split(newline), item.line):
            yield Line(number, offset, raw.removesuffix("\r".encode(encoding)))
            offset = None if offset is None else offset + len(raw) + len(newline)


def _picker(physical: list[Line], newline: bytes) -> Pick:
    by_number = {line.number: line for line in physical}

    def pick(wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
        for number, span in wanted:
            taken = [by_number[n] for n in range(number, number + span)]
            raw = newline.join(line.raw for line in taken)
            yield number, Line(number, taken[0].offset, raw)

    return pick

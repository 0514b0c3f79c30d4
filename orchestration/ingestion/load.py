"""Loading: the landed files of a feed become raw Parquet, quarantine and counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.ingestion import (
    engine,
    judge,
    ledger,
    outcome,
    release,
    remainder,
    store,
)
from orchestration.ingestion import (
    landing as landed_files,
)
from orchestration.ingestion.arrivals import Arrival, arrivals, seen
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.judge import Verdict
from orchestration.ingestion.landing import Seen
from orchestration.ingestion.ledger import FileLoad, Place
from orchestration.ingestion.read import read
from orchestration.ingestion.reading import SOURCE, Reading, Refusal

Progress = Callable[[str], object]
HEAD = 1 << 16


def pull(
    feed: Feed, *, landing: Path, data: Path, as_of: date, progress: Progress | None = None
) -> list[FileLoad]:
    """Load every landed file of a feed that is not in the ledger yet.

    Files all of whose records lie past the as-of day are put off to a later night; records that
    an earlier night refused as lying in its future are looked at again once they do not.

    Parameters
    ----------
    feed : Feed
        What to load and how.
    landing : Path
        The folder its path is below.
    data : Path
        The tenant's state.
    as_of : date
        The night's day; becomes `loaded_on`.
    progress : callable, optional
        Is told a line now and then.

    Returns
    -------
    list of FileLoad
        What this call loaded or released; nothing when there was nothing new.

    Raises
    ------
    LandingError
        The landing folder, or a file in it, may not or cannot be read.
    """
    say = progress or (lambda _: None)
    for entity in feed.entities:
        ledger.recover(data, entity, feed.name)
    engine.sweep(data)
    limit = judge.future_limit(as_of, feed.options.future_days)
    cache = seen(data)
    waiting = arrivals(feed, landing, data, cache=cache, limit=limit)
    done: list[FileLoad] = []
    history = ledger.loads(data, feed.name)
    known = {column for load in history for column in load.unmapped} if history else None
    put_off = 0
    if waiting:
        with engine.scratch(data, landing) as (connection, temporary):
            for number, arrival in enumerate(waiting, 1):
                loader = _Loader(connection, temporary, feed, data, as_of, limit)
                loads = loader.load(arrival, cache, known)
                done += loads
                put_off += not loads
                if number % 50 == 0:
                    say(f"feed {feed.name}: {number} of {len(waiting)} files")
    cache.save()
    if put_off:
        say(f"feed {feed.name}: {put_off} files lie wholly after {as_of} and wait for their night")
    done += release.due(feed, data=data, as_of=as_of, limit=limit, history=history)
    for load in done:
        _report(load, say)
    return done


def _report(load: FileLoad, say: Progress) -> None:
    where = f"feed {load.feed}: {load.file} ({load.entity})"
    if load.status == "refused":
        reasons = ", ".join(f"{why} {count:,}" for why, count in sorted(load.reasons.items()))
        lacks = f"; the file has no column {', '.join(load.missing)}" if load.missing else ""
        say(f"{where}: refused whole: {reasons}{lacks}; correct the feed, then replay")
    elif load.missing:
        say(f"{where}: the file has no column {', '.join(load.missing)}; loaded without")
    if load.new_columns:
        say(f"{where}: new columns {', '.join(load.new_columns)}, kept in JSON")


class _Loader:
    """One file at a time into one feed's entities."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        temporary: Path,
        feed: Feed,
        data: Path,
        as_of: date,
        limit: datetime,
    ) -> None:
        self._connection, self._temporary = connection, temporary
        self._feed, self._data, self._as_of, self._limit = feed, data, as_of, limit

    def load(self, arrival: Arrival, cache: Seen, known: set[str] | None) -> list[FileLoad]:
        """Load one file for the entities it is not loaded for; nothing when it is put off."""
        try:
            reading = read(self._connection, arrival.landed.path, self._feed, self._temporary)
        except UnreadableFileError as error:
            reading = self._unreadable(arrival, error.reason)
        landed_files.unchanged(arrival.landed, arrival.stamp)
        outcome.mark_repeated(self._connection, reading)
        targets = [self._feed.targets[name] for name in arrival.entities]
        verdicts = [
            judge.judge(self._connection, reading, self._feed, mapped, self._as_of) for mapped in targets
        ]
        later = [v.due for v in verdicts if _wholly_ahead(v) and not reading.refused and v.due]
        if later:
            cache.put_off_until(arrival.sha256, self._feed.digest, min(later))
            return []
        found = [
            self._commit(arrival, reading, mapped, verdict, known)
            for mapped, verdict in zip(targets, verdicts, strict=True)
        ]
        landed_files.unchanged(arrival.landed, arrival.stamp)
        return found

    def _unreadable(self, arrival: Arrival, reason: str) -> Reading:
        """A file that cannot be taken apart counts as one record: itself."""
        self._connection.execute(f"create or replace temp table {SOURCE} (_line bigint, _span bigint)")
        with arrival.landed.path.open("rb") as file:
            head = file.read(HEAD)
        return Reading({}, [Refusal(1, 0, head, reason)], readable=False)

    def _commit(
        self,
        arrival: Arrival,
        reading: Reading,
        mapped: Mapped,
        verdict: Verdict,
        known: set[str] | None,
    ) -> FileLoad:
        connection = self._connection
        records = engine.scalar(connection, f"select count(*) from {SOURCE}")
        repeated = engine.scalar(connection, "select count(*) from repeated")
        reasons = dict(verdict.reasons)
        for item in reading.refused:
            reasons[item.reason] = reasons.get(item.reason, 0) + 1
        whole = bool(verdict.refused_whole) and reading.readable
        if whole and records:
            reasons["missing_column"] = records
        extra = remainder.unmapped(reading, self._feed)
        load = FileLoad(
            feed=self._feed.name,
            entity=mapped.entity.name,
            file=arrival.landed.name,
            sha256=arrival.sha256,
            physical=records + len(reading.refused),
            accepted=verdict.accepted + verdict.skipped,
            quarantined=sum(reasons.values()),
            duplicate=0 if whole else repeated,
            skipped=verdict.skipped,
            rows=outcome.row_count(connection, mapped, whole or not reading.readable),
            status="refused" if whole or not reading.readable else "loaded",
            loaded_on=self._as_of,
            reasons=dict(sorted(reasons.items())),
            blank_lines=reading.blank_lines,
            unmapped=tuple(extra),
            new_columns=tuple(sorted(set(extra) - known)) if known is not None else (),
            missing=tuple(verdict.missing) if reading.readable and reading.columns else (),
            max_quarantine_share=self._feed.max_quarantine_share,
            due=verdict.due,
            header=reading.header.hex(),
        )
        outcome.check_conserved(load)
        rows, refused = outcome.rows_and_refusals(connection, reading, mapped, verdict, load)
        place = Place(self._data, load.entity, load.feed, self._as_of, load.sha256)
        store.commit(connection, place, load, rows, refused)
        return load


def _wholly_ahead(verdict: Verdict) -> bool:
    return not verdict.accepted and set(verdict.reasons) == {"future_timestamp"}

"""The loader: some landed files, read together, into the entities of one feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration.ingestion import bundle, clean, judge, outcome, remainder, store
from orchestration.ingestion import landing as landed_files
from orchestration.ingestion.arrivals import Arrival
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.judge import Verdict
from orchestration.ingestion.landing import Seen
from orchestration.ingestion.ledger import FileLoad, Place
from orchestration.ingestion.read import read
from orchestration.ingestion.reading import FILE, SOURCE, Reading, Refusal

HEAD = 1 << 16


class Loader:
    """Loads files of a feed, a few at a time, over one scratch database.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The scratch database.
    temporary : Path
        A folder of its own for work files.
    feed : Feed
        What to load and how.
    data : Path
        The tenant's state.
    as_of : date
        The night's day.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        temporary: Path,
        feed: Feed,
        data: Path,
        as_of: date,
    ) -> None:
        self._connection, self._temporary = connection, temporary
        self._feed, self._data, self._as_of = feed, data, as_of

    def load(self, together: list[Arrival], cache: Seen, known: set[str] | None) -> list[FileLoad]:
        """Load files for the entities they are not loaded for; nothing of one that is put off."""
        if len(together) == 1 and (quick := self._load_clean(together[0], known)) is not None:
            return [quick]
        return self._load_with_care(together, cache, known)

    def _load_with_care(self, together: list[Arrival], cache: Seen, known: set[str] | None) -> list[FileLoad]:
        reading = self._read(together)
        if reading is None:
            return [load for single in together for load in self._load_with_care([single], cache, known)]
        _check_unchanged(together)
        outcome.mark_repeated(self._connection, reading)
        targets = [self._feed.targets[name] for name in together[0].entities]
        verdicts = [
            judge.judge(self._connection, reading, self._feed, mapped, self._as_of) for mapped in targets
        ]
        later = set()
        for place, arrival in enumerate(together):
            ahead = [v[place].due for v in verdicts if v[place].is_wholly_ahead and not reading.refused]
            if due := min((found for found in ahead if found), default=None):
                cache.put_off_until(arrival.sha256, self._feed.digest, due)
                later.add(place)
        found = [
            load
            for mapped, verdict in zip(targets, verdicts, strict=True)
            for load in self._commit(together, later, reading, mapped, verdict, known)
        ]
        _check_unchanged(together)
        return found

    def _load_clean(self, arrival: Arrival, known: set[str] | None) -> FileLoad | None:
        """A file for one entity that has nothing to refuse; None when it is to be read with care."""
        if len(arrival.entities) != 1:
            return None
        mapped = self._feed.targets[arrival.entities[0]]
        place = Place(self._data, mapped.entity.name, self._feed.name, self._as_of, arrival.sha256)
        found = clean.write(self._connection, arrival, self._feed, mapped, place, self._as_of)
        if found is None:
            return None
        load = replace(
            self._base(found.reading, mapped, False, known),
            file=arrival.landed.name,
            sha256=arrival.sha256,
            physical=found.records,
            accepted=found.records,
            rows=found.records,
            blank_lines=found.reading.blank[0],
            missing=found.missing,
        )
        outcome.check_conserved(load)
        _check_unchanged([arrival])
        store.commit_written(place, load)
        _check_unchanged([arrival])
        return load

    def _read(self, together: list[Arrival]) -> Reading | None:
        """One file, or several at once; None when those must be read one by one."""
        if len(together) > 1:
            return bundle.read(self._connection, self._feed, together)
        path = together[0].landed.path
        try:
            return read(self._connection, path, self._feed, self._temporary)
        except UnreadableFileError as error:
            # A file that cannot be taken apart counts as one record: itself.
            self._connection.execute(f"create or replace temp table {SOURCE} (_line bigint, _span bigint)")
            with path.open("rb") as file:
                head = file.read(HEAD)
            return Reading({}, [Refusal(1, 0, head, error.reason)], readable=False)

    def _commit(
        self,
        together: list[Arrival],
        later: set[int],
        reading: Reading,
        mapped: Mapped,
        verdicts: list[Verdict],
        known: set[str] | None,
    ) -> Iterator[FileLoad]:
        connection, refused_whole = self._connection, bool(verdicts[0].refused_whole)
        records = outcome.counts(connection, f"select {FILE} as place from {SOURCE}")
        repeated = outcome.counts(connection, f"select {FILE} as place from repeated")
        rows = {} if refused_whole else outcome.row_counts(connection, mapped)
        base = self._base(reading, mapped, refused_whole, known)
        for place, (arrival, verdict) in enumerate(zip(together, verdicts, strict=True)):
            if place in later:
                continue
            reasons = Counter(verdict.reasons) + Counter(item.reason for item in reading.refused)
            if refused_whole and records.get(place):
                reasons["missing_column"] = records[place]
            load = replace(
                base,
                file=arrival.landed.name,
                sha256=arrival.sha256,
                physical=records.get(place, 0) + len(reading.refused),
                accepted=verdict.accepted + verdict.skipped,
                quarantined=reasons.total(),
                duplicate=0 if refused_whole else repeated.get(place, 0),
                skipped=verdict.skipped,
                rows=rows.get(place, 0),
                reasons=dict(sorted(reasons.items())),
                blank_lines=reading.blank[place],
                missing=tuple(verdict.missing) if reading.columns else (),
                due=verdict.due,
            )
            outcome.check_conserved(load)
            chosen, refused = outcome.rows_and_refusals(connection, reading, mapped, verdict, load, place)
            target = Place(self._data, load.entity, load.feed, self._as_of, load.sha256)
            store.commit(connection, target, load, chosen, refused)
            yield load

    def _base(
        self, reading: Reading, mapped: Mapped, refused_whole: bool, known: set[str] | None
    ) -> FileLoad:
        """What the loads of all files read together have in common."""
        extra = remainder.unmapped(reading, self._feed)
        return FileLoad(
            feed=self._feed.name,
            entity=mapped.entity.name,
            status="refused" if refused_whole or not reading.readable else "loaded",
            loaded_on=self._as_of,
            unmapped=tuple(extra),
            new_columns=tuple(sorted(set(extra) - known)) if known is not None else (),
            max_quarantine_share=self._feed.max_quarantine_share,
            header=reading.header.hex(),
        )


def _check_unchanged(together: list[Arrival]) -> None:
    for arrival in together:
        landed_files.unchanged(arrival.landed, arrival.stamp)

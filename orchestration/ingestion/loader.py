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
from orchestration.ingestion.arrivals import Arrival, identified
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.in_memory import Taken
from orchestration.ingestion.judge import Verdict
from orchestration.ingestion.landing import Seen
from orchestration.ingestion.ledger import FileLoad, Place
from orchestration.ingestion.lines import Content
from orchestration.ingestion.read import names_of, nothing, read
from orchestration.ingestion.reading import FILE, SOURCE, Reading, Refusal

HEAD = 1 << 16
# Of a feed whose files turn out not to be clean no further file is tried.
VAIN_BYTES = 4 << 20


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
    loaded : set of (str, str)
        The hashes and entities that are in the ledger.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        temporary: Path,
        feed: Feed,
        data: Path,
        as_of: date,
        loaded: set[tuple[str, str]],
    ) -> None:
        self._connection, self._temporary = connection, temporary
        self._feed, self._data, self._as_of = feed, data, as_of
        self._loaded, self._in_vain = loaded, 0

    def load(self, together: list[Arrival], cache: Seen, known: set[str] | None) -> list[FileLoad]:
        """Load files for the entities they are not loaded for; nothing of one that is put off."""
        content: Content | None = None
        if not together[0].sha256:
            arrival, content = identified(together[0], cache)
            together = [self._not_loaded(arrival)]
            if not together[0].entities:
                return []
        arrivals, files = bundle.taken_apart(self._feed, together, content)
        # Of a file that was not taken apart it would only be in the way.
        del content
        if len(together) == 1:
            quick = self._load_clean(together[0], files[0] if files else None, known)
            if quick is not None:
                return quick
        found: list[FileLoad] = []
        if files:
            reading = bundle.read_taken(self._connection, self._feed, names_of(self._feed), files)
            found += self._load_read(arrivals, reading, cache, known)
        if rest := [arrival for arrival in together if arrival not in arrivals]:
            found += self._load_with_care(rest, cache, known)
        order = {arrival.sha256: place for place, arrival in enumerate(together)}
        return sorted(found, key=lambda load: order[load.sha256])

    def _not_loaded(self, arrival: Arrival) -> Arrival:
        """Without the entities that the ledger has it for, whatever it was taken for before it was hashed."""
        new = [entity for entity in arrival.entities if (arrival.sha256, entity) not in self._loaded]
        return replace(arrival, entities=new)

    def _load_with_care(self, together: list[Arrival], cache: Seen, known: set[str] | None) -> list[FileLoad]:
        reading = self._read(together)
        if reading is None:
            return [load for single in together for load in self._load_with_care([single], cache, known)]
        return self._load_read(together, reading, cache, known)

    def _load_read(
        self, together: list[Arrival], reading: Reading, cache: Seen, known: set[str] | None
    ) -> list[FileLoad]:
        _check_unchanged(together)
        outcome.mark_repeated(self._connection, reading)
        targets = [self._feed.targets[name] for name in together[0].entities]
        verdicts = [
            judge.judge(self._connection, reading, self._feed, mapped, self._as_of) for mapped in targets
        ]
        later = set()
        for place, arrival in enumerate(together):
            ahead = [v[place].due for v in verdicts if v[place].is_wholly_ahead]
            due = min((found for found in ahead if found), default=None)
            if due and not reading.refused[place] and not arrival.before:
                cache.put_off_until(arrival.sha256, self._feed.digest, due)
                later.add(place)
        found = [
            load
            for mapped, verdict in zip(targets, verdicts, strict=True)
            for load in self._commit(together, later, reading, mapped, verdict, known)
        ]
        _check_unchanged(together)
        return found

    def _load_clean(
        self, arrival: Arrival, taken: Taken | None, known: set[str] | None
    ) -> list[FileLoad] | None:
        """A file that has little or nothing to refuse; None when it is to be read with care."""
        if self._in_vain > VAIN_BYTES:
            return None
        places = [self._place(arrival, entity) for entity in arrival.entities]
        found = clean.write(self._connection, arrival, self._feed, places, self._as_of, taken)
        if found is None:
            self._in_vain += arrival.size
            return None
        self._in_vain -= arrival.size
        _check_unchanged([arrival])
        loads = []
        for place, part in zip(places, found.parts, strict=True):
            verdict, unread = part.verdict, found.reading.refused[0]
            reasons = Counter(verdict.reasons) + Counter(item.reason for item in unread)
            load = replace(
                self._base(found.reading, place, False, known, 0),
                file=arrival.landed.name,
                physical=found.records + len(unread),
                accepted=verdict.accepted,
                quarantined=reasons.total(),
                duplicate=found.repeated,
                rows=verdict.accepted,
                reasons=dict(sorted(reasons.items())),
                blank_lines=found.reading.blank[0],
                missing=tuple(verdict.missing),
                due=verdict.due,
            )
            outcome.check_conserved(load)
            store.commit_written(place, load, part.refused)
            loads.append(load)
        _check_unchanged([arrival])
        return loads

    def _read(self, together: list[Arrival]) -> Reading | None:
        """One file, or several at once; None when those must be read one by one."""
        if len(together) > 1:
            return bundle.read(self._connection, self._feed, together)
        path = together[0].landed.path
        try:
            return read(self._connection, path, self._feed, self._temporary)
        except UnreadableFileError as error:
            # A file that cannot be taken apart counts as one record: itself.
            with path.open("rb") as file:
                head = file.read(HEAD)
            reading = nothing(self._connection, is_empty=False)
            reading.refused = [[Refusal(1, 0, head, error.reason)]]
            return reading

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
        for place, (arrival, verdict) in enumerate(zip(together, verdicts, strict=True)):
            if place in later:
                continue
            unread = outcome.unread(reading, verdict, records.get(place, 0), place)
            reasons = Counter(verdict.reasons) + Counter(item.reason for item in unread)
            if refused_whole and records.get(place):
                reasons["missing_column"] = records[place]
            target = self._place(arrival, mapped.entity.name)
            load = replace(
                self._base(reading, target, refused_whole, known, place),
                file=arrival.landed.name,
                physical=records.get(place, 0) + len(unread),
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
            chosen, refused = outcome.rows_and_refusals(
                connection, reading, mapped, verdict, load, unread, place
            )
            store.commit(connection, target, load, chosen, refused)
            yield load

    def _place(self, arrival: Arrival, entity: str) -> Place:
        return arrival.place(self._data, entity, self._feed.name, self._as_of)

    def _base(
        self, reading: Reading, target: Place, refused_whole: bool, known: set[str] | None, file: int
    ) -> FileLoad:
        """What is known of a file's load before its records are counted."""
        extra = remainder.unmapped(reading, self._feed, file)
        return FileLoad(
            feed=target.feed,
            entity=target.entity,
            sha256=target.sha256,
            generation=target.generation,
            status="refused" if refused_whole or not reading.readable else "loaded",
            loaded_on=target.loaded_on,
            unmapped=tuple(extra),
            new_columns=tuple(sorted(set(extra) - known)) if known is not None else (),
            max_quarantine_share=self._feed.max_quarantine_share,
            header=reading.header.raw.hex() if reading.header else "",
        )


def _check_unchanged(together: list[Arrival]) -> None:
    for arrival in together:
        landed_files.unchanged(arrival.landed, arrival.stamp)

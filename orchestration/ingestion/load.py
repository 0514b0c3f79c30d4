"""Loading: the landed files of a feed become raw Parquet, quarantine and counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Lock

from orchestration import environment
from orchestration.ingestion import bundle, engine, hints, judge, ledger, recovery, release
from orchestration.ingestion.arrivals import Arrival, arrivals, seen
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.landing import Seen
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.loader import Loader

Progress = Callable[[str], object]
# DuckDB works on smaller inputs with one thread; side by side they use every core.
SMALL_FILE = 4 << 20
QUIET_SECONDS = 2.0


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
    LostRawError
        A file it loaded before has no raw file any more.
    """
    say = progress or (lambda _: None)
    for entity in feed.entities:
        recovery.recover(data, entity, feed.name)
    recovery.check(data, feed.name)
    engine.sweep(data)
    limit = judge.future_limit(as_of, feed.options.future_days)
    cache = seen(data)
    waiting = arrivals(feed, landing, data, cache=cache, limit=limit)
    history = ledger.loads(data, feed.name)
    done = Crew(feed, landing, data, as_of, cache, history, say).load(waiting) if waiting else []
    cache.save()
    if put_off := len(waiting) - len({load.sha256 for load in done}):
        say(f"feed {feed.name}: {put_off} files lie wholly after {as_of} and wait for their night")
    done += release.due(feed, data=data, as_of=as_of, limit=limit, history=history)
    for load in done:
        report(load, feed, say)
    return done


class Crew:
    """Loaders side by side: small files keep each of them busy with one thread."""

    def __init__(
        self,
        feed: Feed,
        landing: Path,
        data: Path,
        as_of: date,
        cache: Seen,
        history: list[FileLoad],
        say: Progress,
    ) -> None:
        self._feed, self._landing, self._data, self._as_of = feed, landing, data, as_of
        self._cache, self._say = cache, say
        self._loaded = {(load.sha256, load.entity) for load in history}
        # New is a column that neither the feed declares nor an earlier file had.
        declared = set(feed.source.columns)
        earlier = {column for load in history for column in load.unmapped}
        self._known = declared | earlier if declared or history else None
        self._lock, self._said, self._read = Lock(), time.monotonic(), 0
        self._files, self._failed = 0, False

    def load(self, waiting: list[Arrival]) -> list[FileLoad]:
        """Load files; the results are in the files' order."""
        small = max(arrival.size for arrival in waiting) < SMALL_FILE
        loaders = int(environment.read().threads) if small else 1
        bundles = list(bundle.bundles(self._feed, waiting, loaders))
        size = min(loaders, len(bundles))
        self._files = len(waiting)
        places, results = iter(range(len(bundles))), dict[int, list[FileLoad]]()

        def work(_: int) -> None:
            with engine.scratch(self._data, self._landing, small=small) as (connection, temporary):
                loader = Loader(connection, temporary, self._feed, self._data, self._as_of, self._loaded)
                while (place := self._next(places)) is not None:
                    try:
                        results[place] = loader.load(bundles[place], self._cache, self._known)
                    except BaseException:
                        # The error goes to the caller; the others stop after the file they are at.
                        self._failed = True
                        raise
                    self._tell(len(bundles[place]))

        with ThreadPoolExecutor(size) as pool:
            list(pool.map(work, range(size)))
        return [load for place in sorted(results) for load in results[place]]

    def _next(self, places: Iterator[int]) -> int | None:
        with self._lock:
            return None if self._failed else next(places, None)

    def _tell(self, files: int) -> None:
        with self._lock:
            self._read += files
            if time.monotonic() - self._said > QUIET_SECONDS and self._read < self._files:
                self._say(f"feed {self._feed.name}: {self._read:,} of {self._files:,} files")
                self._said = time.monotonic()


def report(load: FileLoad, feed: Feed, say: Progress) -> None:
    """Say what a person should know of a load."""
    where = f"feed {load.feed}: {load.file} ({load.entity})"
    lacks = lacking(load, feed)
    if load.status == "refused":
        reasons = ", ".join(f"{why} {count:,}" for why, count in sorted(load.reasons.items()))
        say(f"{where}: refused whole: {reasons}{lacks and f'; {lacks}'}; correct the feed, then replay")
    elif not load.physical:
        say(f"{where}: holds no records")
    elif load.missing:
        say(f"{where}: {lacks}; loaded without")
    # Of a file without its header the first record would be told as the names of new columns.
    if load.new_columns and load.status != "refused":
        say(f"{where}: new columns {', '.join(load.new_columns)}, kept in JSON")


def lacking(load: FileLoad, feed: Feed) -> str:
    """The columns that a file does not have, and what it has in their place; nothing when it has all."""
    if not load.missing:
        return ""
    at = f"line {hints.line_of(feed, load)}: " if load.header else ""
    return f"{at}the file has no column {hints.some(load.missing)}; {hints.of(feed, load)}"

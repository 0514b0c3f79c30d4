"""Reload: loaded files read again from the landing folder, as their feed is now.

All that a file came to is replaced at once by a new generation, of the day it was first loaded on;
where it comes to the same nothing is written. A file that is no longer in landing stays as it is.
"""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from orchestration.ingestion import ledger, recovery
from orchestration.ingestion.arrivals import Arrival, seen
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.landing import Landed, Seen, find, stamp
from orchestration.ingestion.ledger import LOADS, QUARANTINE, RAW, FileLoad, Place
from orchestration.ingestion.load import Crew


@dataclass(frozen=True)
class Reloaded:
    """What came of reading files again.

    Parameters
    ----------
    changed : list of FileLoad
        The new counts of those that came to something else.
    gone : list of FileLoad
        The counts of those that are not in the landing folder any more.
    """

    changed: list[FileLoad]
    gone: list[FileLoad]


def again(
    feed: Feed,
    loads: Iterable[FileLoad],
    *,
    landing: Path,
    data: Path,
    as_of: date,
    say: Callable[[str], object],
) -> Reloaded:
    """Read loaded files of a feed again; idempotent.

    Parameters
    ----------
    feed : Feed
        As it is now.
    loads : iterable of FileLoad
        Which files, and for which entities.
    landing : Path
        The landing folder; a file is told by its content, whatever its name is now.
    data : Path
        The tenant's state.
    as_of : date
        The day it is done for: later times lie ahead. The rows keep the day of their first load.
    say : callable
        Is told a line now and then.

    Raises
    ------
    LandingError
        A landing file cannot be read, or is being written to.
    """
    for entity in feed.entities:
        recovery.recover(data, entity, feed.name)
    cache = seen(data)
    landed = _landed(feed, landing, cache)
    places = {entity: ledger.current(data, entity, feed.name) for entity in feed.entities}
    gone: list[FileLoad] = []
    before: dict[tuple[str, str], dict[str, Place]] = {}
    for load in sorted(loads, key=lambda load: (load.file, load.entity)):
        if load.sha256 not in landed:
            gone.append(load)
        elif load.entity in places:
            kept = before.setdefault((load.file, load.sha256), {})
            kept[load.entity] = places[load.entity][load.sha256]
    arrivals = [
        Arrival(Landed(landed[sha][0], file), sha, landed[sha][1], list(last), last)
        for (file, sha), last in before.items()
    ]
    history = ledger.loads(data, feed.name)
    crew = Crew(feed, landing, data, as_of, cache, history, say)
    done = crew.load(arrivals) if arrivals else []
    cache.save()
    changed = [load for load in done if not _is_same(places[load.entity][load.sha256], load)]
    for entity in feed.entities:
        recovery.recover(data, entity, feed.name)
    return Reloaded(changed, gone)


def _landed(feed: Feed, landing: Path, cache: Seen) -> dict[str, tuple[Path, list[int]]]:
    """The feed's landing files by their content, each with its state before that was told."""
    found: dict[str, tuple[Path, list[int]]] = {}
    for landed in find(feed, landing) if landing.is_dir() else ():
        before = stamp(landed.path)
        found[cache.sha256(landed)] = landed.path, before
    return found


def _is_same(last: Place, load: FileLoad) -> bool:
    """Whether a file came to what it was; then its new generation is taken back."""
    new = replace(last, generation=load.generation)
    was = ledger.parse(last.file(LOADS).read_text(encoding="utf-8"))
    counted = replace(
        was,
        generation=load.generation,
        new_columns=load.new_columns,
        max_quarantine_share=load.max_quarantine_share,
    )
    pairs = [(last.file(layer), new.file(layer)) for layer in (RAW, QUARANTINE)]
    if counted != load or not all(_are_equal(one, other) for one, other in pairs):
        return False
    # As a load that was cut off before its last step leaves it: recovery clears the rest away.
    new.file(RAW).replace(new.beside(RAW))
    return True


def _are_equal(one: Path, other: Path) -> bool:
    if not (one.exists() and other.exists()):
        return one.exists() == other.exists()
    return filecmp.cmp(one, other, shallow=False)

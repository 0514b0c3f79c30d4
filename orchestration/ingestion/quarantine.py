"""Quarantine: what was refused and why, and giving it another chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from orchestration.ingestion import ledger, release, reload, store
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.load import report
from orchestration.ingestion.reading import Refusal

Say = Callable[[str], object]


def listing(data: Path, feed: str | None = None) -> list[FileLoad]:
    """The loads with quarantined records."""
    return [load for load in ledger.loads(data, feed) if load.quarantined]


def refused(data: Path, load: FileLoad, reason: str | None = None) -> Iterator[Refusal]:
    """The quarantined records of a load with their raw bytes, line by line; only those of a reason."""
    place = ledger.current(data, load.entity, load.feed)[load.sha256]
    return (item for item, _ in store.refusals(place) if reason in (None, item.reason))


def replay(feeds: Iterable[Feed], *, landing: Path, data: Path, as_of: date, say: Say) -> list[FileLoad]:
    """Load what corrected feeds now accept; a second call finds nothing more.

    Of a file that something was accepted of the refused records are judged again, all else stays. One
    that nothing was accepted of is read again from landing; where it is no longer there, from what is
    kept in quarantine.

    Parameters
    ----------
    feeds : iterable of Feed
        As they are now.
    landing : Path
        The landing folder; it need not be there.
    data : Path
        The tenant's state.
    as_of : date
        The day it is done for: later times lie ahead.
    say : callable
        Is told what could not be done, and what a person should know of a load.

    Returns
    -------
    list of FileLoad
        The new counts of every file that changed.
    """
    done: list[FileLoad] = []
    for feed in feeds:
        held = [load for load in ledger.loads(data, feed.name) if load.entity in feed.targets]
        unread = [load for load in held if load.is_unread]
        read = reload.again(feed, unread, landing=landing, data=data, as_of=as_of, say=say)
        left = {_key(load) for load in held if not load.is_unread} | {_key(load) for load in read.gone}
        released = release.again(feed, data=data, as_of=as_of, only=left)
        for load in read.gone:
            if _key(load) not in {_key(found) for found in released}:
                where = f"feed {load.feed}: {load.file} ({load.entity})"
                say(f"{where} is no longer in landing and stays refused; land it again, under any name")
        for load in [*read.changed, *released]:
            report(load, feed, say)
        done += [*read.changed, *released]
    return done


def _key(load: FileLoad) -> tuple[str, str]:
    return load.entity, load.sha256

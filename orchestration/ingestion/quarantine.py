"""Quarantine: what was refused and why, and giving it another chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from orchestration.ingestion import ledger, release, store
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.reading import Refusal


def listing(data: Path, feed: str | None = None) -> list[FileLoad]:
    """The loads with quarantined records."""
    return [load for load in ledger.loads(data, feed) if load.quarantined]


def refused(data: Path, load: FileLoad, reason: str | None = None) -> Iterator[Refusal]:
    """The quarantined records of a load with their raw bytes, line by line; only those of a reason."""
    place = ledger.current(data, load.entity, load.feed)[load.sha256]
    return (item for item, _ in store.refusals(place) if reason in (None, item.reason))


def replay(feeds: Iterable[Feed], *, data: Path, as_of: date) -> list[FileLoad]:
    """Load what corrected feeds now accept; a second call finds nothing more."""
    return [load for feed in feeds for load in release.again(feed, data=data, as_of=as_of)]

"""Recovery: what a killed load left is taken away, what somebody else took away is missed.

Raw rows are on disk beside their place before the counts of their load are, and stay until they are
renamed into place. Counts with neither beside them are of a load whose raw file was removed since: it
is never forgotten with its quarantine, and nothing is built without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from orchestration.ingestion import ledger
from orchestration.ingestion.errors import LostRawError
from orchestration.ingestion.ledger import LOADS, QUARANTINE, RAW, Place


def recover(data: Path, entity: str, feed: str) -> None:
    """Remove what a killed load left: work files, orphans, and generations that were replaced."""
    kept = set(ledger.current(data, entity, feed).values()) | set(_lost(data, entity, feed))
    # Counts go first: while they are there, rows beside their place tell that the load was cut off.
    for layer in (LOADS, QUARANTINE, RAW):
        for place in ledger.places(data, entity, feed, layer):
            if place not in kept:
                _remove(place.file(layer))
    for layer in (LOADS, QUARANTINE, RAW):
        for left in ledger.folder(data, layer, entity, feed).glob("loaded_on=*/*.tmp"):
            left.unlink(missing_ok=True)


def recover_all(data: Path) -> None:
    """Remove what killed loads left of any feed, also of one the tenant no longer has."""
    for entity, feed in {pair for layer in (LOADS, QUARANTINE, RAW) for pair in ledger.filled(data, layer)}:
        recover(data, entity, feed)


def lost(data: Path, feed: str | None = None) -> list[Place]:
    """The loads, of a feed or of all, whose raw file was in place once and is gone."""
    return [
        place
        for entity, name in sorted(ledger.filled(data, LOADS))
        if feed in (None, name)
        for place in _lost(data, entity, name)
    ]


def check(data: Path, feed: str | None = None) -> None:
    """Raise LostRawError when a raw file is gone: a night without it would lack its records in silence."""
    gone = lost(data, feed)
    if not gone:
        return
    raw, counts = (gone[0].file(layer).relative_to(data) for layer in (RAW, LOADS))
    raise LostRawError(
        f"DATA={data} has lost {len(gone)} of its raw files, first {raw}: put them back from a backup "
        f"(`make doctor` names them), or remove {counts} to have the landed file loaded again"
    )


def _lost(data: Path, entity: str, feed: str) -> Iterator[Place]:
    now = ledger.current(data, entity, feed)
    for place in ledger.places(data, entity, feed, LOADS):
        held = now.get(place.sha256)
        is_replaced = held is not None and held.generation >= place.generation
        if not is_replaced and not place.beside(RAW).exists():
            yield place


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    ledger.sync(path.parent)

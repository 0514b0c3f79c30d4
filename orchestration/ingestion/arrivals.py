"""Arrivals: the landed files of a feed that are not, or not wholly, in the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from orchestration.ingestion import held, ledger
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.landing import Landed, Seen, find, sha256, stamp
from orchestration.ingestion.ledger import Place
from orchestration.ingestion.lines import Content


@dataclass(frozen=True)
class Arrival:
    """One file to load.

    Parameters
    ----------
    landed : Landed
        The file.
    sha256 : str
        Of its bytes; none yet of a file that is new for certain, which is hashed as it is read.
    stamp : list of int
        Its state before it was hashed.
    entities : list of str
        Those it is not yet loaded for.
    before : mapping of str to Place
        Where it is loaded already, by entity, when it is to be loaded again.
    """

    landed: Landed
    sha256: str
    stamp: list[int]
    entities: list[str]
    before: Mapping[str, Place] = field(default_factory=dict)

    def place(self, data: Path, entity: str, feed: str, as_of: date) -> Place:
        """Where it goes: into the partition of the day, or the next generation beside the last."""
        if last := self.before.get(entity):
            return replace(last, generation=last.generation + 1)
        return Place(data, entity, feed, as_of, self.sha256)

    @property
    def size(self) -> int:
        """In bytes."""
        return self.stamp[1]


def seen(data: Path) -> Seen:
    """The cache of content hashes."""
    return Seen(data / ledger.LOADS / ".seen.json")


def arrivals(
    feed: Feed,
    landing: Path,
    data: Path,
    *,
    cache: Seen | None = None,
    limit: datetime | None = None,
) -> list[Arrival]:
    """Files to load, in the order of their names; the same content under two names counts once.

    Parameters
    ----------
    limit : datetime, optional
        Files put off because all in them lies at or after it are left out.
    """
    kept = cache or seen(data)
    known = {entity: ledger.current(data, entity, feed.name) for entity in feed.entities}
    found: dict[str, Arrival] = {}
    files = find(feed, landing)
    new = _new_for_certain(feed, files, kept, {sha for places in known.values() for sha in places})
    for landed in files:
        before = stamp(landed.path)
        if landed in new and kept.known(landed, before) is None:
            found[landed.name] = Arrival(landed, "", before, list(feed.entities))
            continue
        sha = kept.sha256(landed)
        entities = [entity for entity in feed.entities if sha not in known[entity]]
        due = kept.put_off(sha, feed.digest)
        if entities and sha not in found and not (due and (limit is None or due >= limit)):
            found[sha] = Arrival(landed, sha, before, entities)
    if cache is None:
        kept.save()
    return list(found.values())


def identified(arrival: Arrival, cache: Seen) -> tuple[Arrival, Content | None]:
    """An arrival without its hash gets it, and gives its content where there is room for that.

    Raises
    ------
    ChangedFileError
        The file is no longer what it was.
    LandingError
        It cannot be read.
    """
    content: Content | None = None
    try:
        content, sha = held.read(arrival.landed, arrival.size)
    except MemoryError:
        sha = sha256(arrival.landed.path)
    cache.keep(arrival.landed, arrival.stamp, sha)
    return replace(arrival, sha256=sha), content


def _new_for_certain(feed: Feed, files: list[Landed], cache: Seen, hashes: set[str]) -> set[Landed]:
    """Files to be held in memory, of a size that no file of these hashes has and none of the others."""
    sizes = cache.sizes(hashes, feed.digest)
    if sizes is None:
        return set()
    found = {landed: stamp(landed.path)[1] for landed in files}
    times = Counter(found.values())
    return {
        landed
        for landed, size in found.items()
        if held.is_for(landed, size, feed.source) and times[size] == 1 and size not in sizes
    }

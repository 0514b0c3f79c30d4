"""Which file each record arrives in: on time, late, twice, or again in a later file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import faults, lines
from demo.landing import Feed, arrivals_of
from demo.plan import Ints, Plan
from demo.storage import packed, parquet, workbook

ON_TIME, LATE, AGAIN, TWICE = range(4)
LATEST = 10
AT_ONCE = 120_000  # rows turned into text at a time, to keep memory low


@dataclass(frozen=True)
class Delivered:
    """One file and the truth about it; counts are of records.

    Attributes
    ----------
    duplicate : int
        Exact repetitions of records of the same file.
    late, redelivered : int
        Among the accepted: records that missed their own file, and ones an earlier file had.
    broken : list of (line, kind)
        Malformed records by physical line (row for formats that are not text), from 1, the
        header being the first.
    copy_of : str
        The earlier file whose very bytes these are, else empty.
    """

    feed: str
    entity: str
    file: str
    arrival: int
    physical: int
    duplicate: int
    late: int
    redelivered: int
    broken: list[tuple[int, str]]
    copy_of: str = ""

    @property
    def accepted(self) -> int:
        return self.physical - self.duplicate - len(self.broken)


@dataclass(frozen=True)
class Route:
    """One position per delivered record, by file and in the order written."""

    record: Ints
    file: Ints
    how: Ints


def route_of(plan: Plan, feed: Feed, rng: np.random.Generator) -> Route:
    """Decide every record's file or files."""
    cuts, count = arrivals_of(plan, feed), len(feed.at)
    own = np.searchsorted(cuts, feed.day)
    delayed = feed.day + rng.integers(1, LATEST + 1, count)
    held_up = (rng.random(count) < feed.late) & (delayed < plan.days)
    file = np.where(held_up, np.searchsorted(cuts, np.minimum(delayed, plan.days - 1)), own)
    how = np.where(file > own, LATE, ON_TIME)
    later = np.minimum(file + rng.integers(1, 4, count), len(cuts) - 1)
    again = np.flatnonzero((rng.random(count) < feed.again) & (later > file))
    twice = np.flatnonzero(rng.random(count) < feed.twice)
    record = np.concatenate([np.arange(count), again, twice])
    file = np.concatenate([file, later[again], file[twice]])
    how = np.concatenate([how, np.full(len(again), AGAIN), np.full(len(twice), TWICE)])
    order = np.lexsort((record, feed.at[record], how != ON_TIME, file))
    return Route(record[order], file[order], how[order])


def deliver(plan: Plan, feed: Feed) -> Iterator[tuple[Delivered, bytes]]:
    """Every file of a feed with its bytes, in order of arrival; days without rows have none."""
    rng = plan.rng(f"delivery {feed.name}")
    route, cuts = route_of(plan, feed, rng), arrivals_of(plan, feed)
    bounds = np.searchsorted(route.file, np.arange(len(cuts) + 1))
    writer = _TextWriter(feed) if feed.format in ("ndjson", "csv") else _TableWriter(feed)
    first = 0
    while first < len(cuts):
        last = max(first + 1, int(np.searchsorted(bounds, bounds[first] + AT_ONCE)) - 1)
        batch = feed.build(route.record[bounds[first] : bounds[last]])
        writer.take(batch)
        for number in range(first, last):
            begin, end = int(bounds[number]), int(bounds[number + 1])
            if begin == end:
                continue
            how = route.how[begin:end]
            broken = faults.how_many(feed, end - begin, rng)
            at = np.sort(rng.integers(0, end - begin, broken))
            content, places = writer.write(begin - int(bounds[first]), end - int(bounds[first]), at)
            name = f"{feed.stem}_{plan.date_of(cuts[number])}{feed.suffix}"
            yield (
                Delivered(
                    feed=feed.name,
                    entity=feed.entity,
                    file=name,
                    arrival=int(cuts[number]),
                    physical=end - begin + broken,
                    duplicate=int((how == TWICE).sum()),
                    late=int((how == LATE).sum()),
                    redelivered=int((how == AGAIN).sum()),
                    broken=places,
                ),
                content,
            )
        first = last


class _TextWriter:
    """Slices ready-made lines into files and puts malformed ones between them."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.kinds, self.serial = feed, faults.kinds_of(feed), 0

    def take(self, batch: pa.Table) -> None:
        self.header = lines.csv_header(batch) if self.feed.format == "csv" else ""
        self.names = batch.column_names
        self.lines = lines.csv(batch) if self.feed.format == "csv" else lines.ndjson(batch)

    def write(self, begin: int, end: int, at: Ints) -> tuple[bytes, list[tuple[int, str]]]:
        encoding = self.feed.encoding
        parts, places, done = [self.header.encode(encoding)], [], 0
        for number, place in enumerate(at.tolist()):
            parts.append(self._text(begin + done, begin + place))
            done = place
            kind = self.kinds[self.serial % len(self.kinds)]
            self.serial += 1
            whole = self._text(begin + place, begin + place + 1)
            parts.append(faults.broken_line(self.feed, kind, whole, self.names, self.serial))
            places.append((place + number + 1 + bool(self.header), kind))
        parts.append(self._text(begin + done, end))
        return packed(b"".join(parts), self.feed.suffix), places

    def _text(self, begin: int, end: int) -> bytes:
        text = lines.bytes_between(self.lines, begin, end)
        return text if self.feed.encoding == "utf-8" else text.decode().encode(self.feed.encoding)


class _TableWriter:
    """Slices tables into files, malformed rows at their end."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.kinds, self.serial = feed, faults.kinds_of(feed), 0

    def take(self, batch: pa.Table) -> None:
        self.batch = batch

    def write(self, begin: int, end: int, at: Ints) -> tuple[bytes, list[tuple[int, str]]]:
        rows, places = self.batch.slice(begin, end - begin), []
        spoilt = []
        header = int(self.feed.format == "xlsx")
        for number, place in enumerate(at.tolist()):
            kind = self.kinds[self.serial % len(self.kinds)]
            self.serial += 1
            one = rows.slice(place, 1).cast(_plain(rows.schema))
            spoilt.append(faults.broken_row(self.feed, kind, one, self.serial))
            places.append((end - begin + number + 1 + header, kind))
        table = pa.concat_tables([rows.cast(_plain(rows.schema)), *spoilt])
        return (parquet(table) if self.feed.format == "parquet" else workbook(table)), places


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with words in place of codes."""
    return pa.schema(
        [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in schema]
    )

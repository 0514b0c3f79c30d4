"""What a world is asked to be: its size, seed and days, and the clock all rooms share."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.object_]

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
UTC_OFFSET_HOURS = 8  # Asia/Shanghai has kept one offset since 1991


@dataclass(frozen=True)
class Plan:
    """Size, seed and days of a world.

    Attributes
    ----------
    people : int
        People who ever appear, registered or not.
    seed : int
        Same plan, same bytes.
    start, end : date
        First and last business day (inclusive).
    """

    people: int = 20_000
    seed: int = 7
    start: date = date(2024, 7, 1)
    end: date = date(2026, 6, 30)

    def __post_init__(self) -> None:
        if self.people < 50:
            raise ValueError(f"people: {self.people} is too few for a world, ask for 50 or more")
        if self.days < 120:
            raise ValueError(f"{self.start} to {self.end} is too short, ask for 120 days or more")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def weeks(self) -> int:
        """Blocks of seven days from the first; the last one may be shorter."""
        return -(-self.days // 7)

    def rng(self, room: str) -> np.random.Generator:
        """A room's own stream: one room drawing more leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(room.encode())])

    def date_of(self, day: int) -> date:
        return self.start + timedelta(days=int(day))

    def dates(self) -> list[date]:
        return [self.date_of(day) for day in range(self.days)]

    def utc(self, local_ms: Ints) -> NDArray[np.datetime64]:
        """UTC instants of local milliseconds since the first midnight."""
        origin = np.datetime64(self.start, "ms") - np.timedelta64(UTC_OFFSET_HOURS, "h")
        return origin + local_ms.astype("timedelta64[ms]")

    def local(self, local_ms: Ints) -> NDArray[np.datetime64]:
        """Business-zone wall times of local milliseconds since the first midnight."""
        return np.datetime64(self.start, "ms") + local_ms.astype("timedelta64[ms]")


def repeat_ranks(counts: Ints) -> Ints:
    """0, 1, .. within each group, for groups of the given sizes laid end to end."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)

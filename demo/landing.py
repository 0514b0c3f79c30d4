"""What a feed is to the landing folder: where its rows go, when, and how much goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.plan import DAY_MS, Ints, Plan

DAILY_TAIL = 9  # the last days come day by day
WEEKLY_TAIL = 26 * 7
MONTHLY_TAIL = 183


@dataclass(frozen=True)
class Feed:
    """One feed of the demo.

    Attributes
    ----------
    stem, suffix : str
        Files are called ``<stem>_<arrival day><suffix>``.
    cadence : str
        dense, usual or sparse: see `arrival_days`.
    at : ndarray of shape (records,)
        Local milliseconds at which each record exists at the source.
    build : callable
        Records' positions to the table of their rows.
    faults : mapping
        Kind of malformed record to the column it is planted in.
    late, again, twice : float
        Shares of records delivered up to ten days late, delivered again in a later file, and
        written twice in one file.
    broken : float
        Malformed records per good one.
    fixed_days : tuple of int
        Days on which its files arrive, instead of a cadence's.
    """

    name: str
    entity: str
    stem: str
    suffix: str
    cadence: str
    at: Ints
    build: Callable[[Ints], pa.Table]
    faults: Mapping[str, str]
    encoding: str = "utf-8"
    late: float = 0.0
    again: float = 0.0
    twice: float = 0.0
    broken: float = 0.0015
    fixed_days: tuple[int, ...] = ()

    @property
    def day(self) -> Ints:
        """Day on which each record exists at the source."""
        return self.at // DAY_MS

    @property
    def format(self) -> str:
        return self.suffix.split(".")[1]


def arrival_days(plan: Plan, feed_cadence: str) -> Ints:
    """Days on which files arrive, the plan's last among them.

    dense: monthly, weekly over the last half year, daily over the last days. usual: quarterly,
    monthly over the last half year, daily over the last days. sparse: quarterly.
    """
    month_ends = [d for d in range(plan.days) if plan.date_of(d).month != plan.date_of(d + 1).month]
    quarter_ends = [d for d in month_ends if plan.date_of(d).month % 3 == 0]
    last, tail = plan.days - 1, plan.days - 1 - DAILY_TAIL
    daily = list(range(tail, plan.days))
    if feed_cadence == "sparse":
        chosen = [*quarter_ends, last]
    elif feed_cadence == "usual":
        turn = last - MONTHLY_TAIL
        chosen = [d for d in quarter_ends if d <= turn] + [d for d in month_ends if turn < d < tail] + daily
    elif feed_cadence == "dense":
        turn = tail - WEEKLY_TAIL
        chosen = [d for d in month_ends if d < turn] + list(range(turn, tail, 7)) + daily
    else:
        raise ValueError(f"cadence {feed_cadence!r}: expected dense, usual or sparse")
    return np.unique(chosen)


def arrivals_of(plan: Plan, feed: Feed) -> Ints:
    """The days a feed's files arrive."""
    return np.array(feed.fixed_days) if feed.fixed_days else arrival_days(plan, feed.cadence)

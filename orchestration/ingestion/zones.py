"""Local times of a file: the zones they are in, and over what span those have to be known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import duckdb

from orchestration.contract import Column
from orchestration.ingestion import times
from orchestration.ingestion.engine import identifier, literal
from orchestration.ingestion.feed import Feed

SAMPLE = 1000


def declared(
    connection: duckdb.DuckDBPyConnection, feed: Feed, naive: Sequence[str], parsed: str, *, sampled: bool
) -> dict[str, times.Zone]:
    """The zones of a file's local times: the declared one, or those its column names.

    Parameters
    ----------
    naive : sequence of str
        The columns whose n_ may hold a local time.
    parsed : str
        The relation they are in.
    sampled : bool
        Whether a relation whose first records state no local time is taken to state none.
    """
    local = [identifier(f"n_{name}") for name in naive]
    if not local:
        return {}
    if sampled and not _extent(connection, local, f"(select * from {parsed} limit {SAMPLE})"):
        return {}
    found = _extent(connection, local, parsed)
    if not found:
        return {}
    low, high, beyond = found
    options = feed.options
    names = [options.time_zone] if options.time_zone else []
    if options.time_zone_column:
        named = connection.execute(f"select distinct _zone from {parsed} where _zone is not null")
        names = sorted({str(zone) for (zone,) in named.fetchall()} & times.known_zones())
    return {name: times.Zone(name, low, high, options.ambiguous_times, beyond) for name in names}


def _extent(
    connection: duckdb.DuckDBPyConnection, local: list[str], parsed: str
) -> tuple[datetime, datetime, bool] | None:
    """The first and last local time of a relation, and whether others are out of range; None without any.

    Those others may lie beyond what a datetime holds, and the clocks change hundreds of times up to them.
    """
    first, last = (f"timestamp '{bound}'" for bound in (times.FIRST, times.LAST))
    ends = f"min(least({', '.join(local)})) as low, max(greatest({', '.join(local)})) as high"
    row = connection.execute(
        f"select low is null, low < {first} or high >= {last}, low, high from (select {ends} from {parsed})"
    ).fetchone()
    if not row or row[0]:
        return None
    if not row[1]:
        return row[2], row[3], False
    inside = ", ".join(f"case when {n} >= {first} and {n} < {last} then {n} end as {n}" for n in local)
    row = connection.execute(f"select {ends} from (select {inside} from {parsed})").fetchone()
    low, high = row if row and row[0] else (times.LAST, times.LAST)
    return low, high, True


def utc(column: Column, feed: Feed, zones: dict[str, times.Zone]) -> list[str]:
    """SQL: v_ in UTC, and for a timestamp n_ as the reason its local time cannot be placed."""
    v, n = identifier(f"v_{column.name}"), identifier(f"n_{column.name}")
    if column.type != "timestamp":
        return [v]
    options = feed.options

    def chosen(part: Callable[[times.Zone], str], otherwise: str) -> str:
        if not options.time_zone_column:
            return next((part(zone) for zone in zones.values()), otherwise)
        cases = [f"when {literal(name)} then {part(zone)}" for name, zone in zones.items()]
        return f"case _zone {' '.join(cases)} else {otherwise} end" if cases else otherwise

    reasons = [(f"not ({chosen(lambda _: 'true', 'false')})", "unknown_time_zone")]
    if options.nonexistent_times == "refuse":
        reasons.append((chosen(lambda zone: zone.skipped(n), "false"), "nonexistent_time"))
    if options.ambiguous_times == "refuse":
        reasons.append((chosen(lambda zone: zone.repeated(n), "false"), "ambiguous_time"))
    tests = " ".join(f"when {test} then '{reason}'" for test, reason in reasons)
    utc = chosen(lambda zone: zone.utc(n), "null")
    return [
        f"coalesce({v}, {utc}) as {v}",
        f"case when {v} is not null or {n} is null then null {tests} end as {n}",
    ]

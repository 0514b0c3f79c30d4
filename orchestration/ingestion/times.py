"""Times in text become UTC instants, in SQL, without a guess.

ISO 8601 is read (or the feed's own formats). An offset is applied, never discarded: a plain cast to
TIMESTAMP in DuckDB ignores it. A time without one is local to the feed's declared zone; the zone's
transitions come from the IANA database, so a time that the clocks skipped or repeated is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from orchestration.ingestion.engine import literal

DAY = r"\d{4}-\d{2}-\d{2}"
CLOCK = r"[T ]\d{2}:\d{2}(:\d{2}([.]\d{1,9})?)?"
NAIVE = rf"\s*{DAY}({CLOCK})?\s*"
WITH_OFFSET = rf"\s*{DAY}{CLOCK}\s?[+-](0\d|1[0-8])(:?[0-5]\d)?\s*"
EPOCHS = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000, "epoch_microseconds": 1}
EPOCH_TEXT = r"\s*-?\d{1,16}([.]\d{1,6})?\s*"
FIRST, LAST = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2200-01-01")
Policy = Literal["earlier", "later", "refuse"]


def local(text: str, formats: list[str]) -> str:
    """SQL: the naive timestamp a text states, or NULL."""
    if not formats:
        # Most times end in Z, and telling so is cheaper than the pattern they would not match.
        shaped = f"not ({_ends_in_z(text)}) and regexp_full_match({text}, '{NAIVE}')"
        return f"case when {shaped} then try_cast({text} as timestamp) end"
    naive = [item for item in formats if item not in EPOCHS and "%z" not in item]
    if not naive:
        return "cast(null as timestamp)"
    return _by_format(text, naive)


def instant(text: str, formats: list[str]) -> str:
    """SQL: the UTC timestamp of a text that states its own offset, or NULL."""
    if not formats:
        # Its shape is certain once it matches, so plain string functions take it apart.
        east = f"contains({text}, '+')"
        tail = f"case when {east} then split_part({text}, '+', 2) else split_part({text}, '-', 4) end"
        sign = f"case when {east} then 60 else -60 end"
        digits = f"replace(trim({tail}), ':', '')"
        seconds = (
            f"({sign}) * (cast({digits}[1:2] as integer) * 60 "
            f"+ cast(coalesce(nullif({digits}[3:4], ''), '0') as integer))"
        )
        # The cast takes a Z after seconds; where it does not, it takes what stands before the Z.
        return (
            f"case when ({_ends_in_z(text)}) and regexp_full_match({text}, '{DAY}{CLOCK}[Zz]') "
            f"then coalesce(try_cast({text} as timestamp), try_cast({text}[:-2] as timestamp)) "
            f"when regexp_full_match({text}, '{WITH_OFFSET}') then "
            f"try_cast(trim(left({text}, length({text}) - length({tail}) - 1)) as timestamp) "
            f"- to_seconds({seconds}) end"
        )
    found = [
        f"case when regexp_full_match({text}, '{EPOCH_TEXT}') then try(make_timestamp("
        f"cast(cast({text} as decimal(28,6)) * {EPOCHS[item]} as bigint))) end"
        for item in formats
        if item in EPOCHS
    ]
    zoned = [item for item in formats if "%z" in item]
    if zoned:
        found.append(f"make_timestamp(epoch_us({_by_format(text, zoned)}))")
    return f"coalesce({', '.join(found)})" if found else "cast(null as timestamp)"


def _by_format(text: str, formats: list[str]) -> str:
    # In any format strptime takes the words infinity and epoch too, for 1900-01-01; a time has a digit.
    listed = ", ".join(literal(item) for item in formats)
    digit = f"({text} >= '0' and {text} < ':') or regexp_matches({text}, '[0-9]')"
    return f"case when {digit} then try_strptime(trim({text}), [{listed}]) end"


def _ends_in_z(text: str) -> str:
    # To cut off the last character costs nine times as much.
    return f"ends_with({text}, 'Z') or ends_with({text}, 'z')"


def day(text: str, formats: list[str]) -> str:
    """SQL: the date a text states, or NULL."""
    iso = f"case when regexp_full_match({text}, '\\s*{DAY}\\s*') then try_cast({text} as date) end"
    naive = [item for item in formats if item not in EPOCHS and "%z" not in item]
    if not naive:
        return iso
    # A format with a clock in it would drop the time of day.
    parsed = _by_format(text, naive)
    return f"coalesce({iso}, case when {parsed} = date_trunc('day', {parsed}) then {parsed}::date end)"


@dataclass(frozen=True)
class Transition:
    """One change of a zone's clocks.

    Parameters
    ----------
    at : datetime
        The naive UTC instant.
    before, after : timedelta
        Offsets from UTC on either side.
    """

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def is_gap(self) -> bool:
        """The clocks went forward: local times were skipped."""
        return self.after > self.before


@lru_cache(maxsize=4096)
def _of_year(zone: str, year: int) -> tuple[Transition, ...]:
    info, found = ZoneInfo(zone), []
    low = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    while low < end:
        high = min(low + timedelta(days=1), end)
        before, after = _offset(low, info), _offset(high, info)
        if before != after:
            left, right = low, high
            while right - left > timedelta(seconds=1):
                middle = left + timedelta(seconds=(right - left) // timedelta(seconds=2))
                left, right = (middle, right) if _offset(middle, info) == before else (left, middle)
            found.append(Transition(right.replace(tzinfo=None), before, after))
        low = high
    return tuple(found)


def _offset(at: datetime, info: ZoneInfo) -> timedelta:
    return at.astimezone(info).utcoffset() or timedelta(0)


def transitions(zone: str, low: datetime, high: datetime) -> list[Transition]:
    """A zone's transitions that local times from `low` to `high` can meet."""
    years = range(max(low, FIRST).year - 1, min(high, LAST).year + 2)
    near = timedelta(days=2)
    found = [change for year in years for change in _of_year(zone, year)]
    return [change for change in found if low - near <= change.at <= high + near]


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Every IANA name."""
    return frozenset(available_timezones())


@dataclass(frozen=True)
class Zone:
    """A declared zone over the span of a file's local times.

    Parameters
    ----------
    name : str
        IANA.
    low, high : datetime
        The earliest and latest local time.
    ambiguous : {'earlier', 'later', 'refuse'}
        Which of two instants a repeated local time means.
    beyond : bool
        Whether there are local times out of range too, which `low` and `high` leave out.
    """

    name: str
    low: datetime
    high: datetime
    ambiguous: Policy
    beyond: bool = False

    @property
    def _changes(self) -> list[Transition]:
        return transitions(self.name, self.low, self.high)

    def utc(self, column: str) -> str:
        """SQL: the UTC timestamp of a local one; a skipped time counts on from before the gap.

        One out of range is read by the clocks at its end of the range, whatever else a file holds.
        """
        if not self.beyond:
            return self._utc(column)
        return (
            f"case when {column} < timestamp '{FIRST}' then {self._fixed(column, FIRST)} "
            f"when {column} >= timestamp '{LAST}' then {self._fixed(column, LAST)} "
            f"else {self._utc(column)} end"
        )

    def _fixed(self, column: str, at: datetime) -> str:
        offset = _offset(at.replace(tzinfo=UTC), ZoneInfo(self.name))
        return f"{column} - to_seconds({_seconds(offset)})"

    def _utc(self, column: str) -> str:
        changes = self._changes
        if not changes:
            return self._fixed(column, self.low)
        cases = []
        for change in changes:
            until_after = change.is_gap or self.ambiguous == "later"
            cut = change.at + (change.after if until_after else change.before)
            cases.append(f"when {column} < timestamp '{cut}' then {_seconds(change.before)}")
        last = _seconds(changes[-1].after)
        return f"{column} - to_seconds(case {' '.join(cases)} else {last} end)"

    def skipped(self, column: str) -> str:
        """SQL: whether a local time never was."""
        return _within(column, [(c.at + c.before, c.at + c.after) for c in self._changes if c.is_gap])

    def repeated(self, column: str) -> str:
        """SQL: whether a local time was twice."""
        overlaps = [(c.at + c.after, c.at + c.before) for c in self._changes if not c.is_gap]
        return _within(column, overlaps)


def _seconds(offset: timedelta) -> int:
    return int(offset.total_seconds())


def _within(column: str, ranges: list[tuple[datetime, datetime]]) -> str:
    tests = [f"({column} >= timestamp '{a}' and {column} < timestamp '{b}')" for a, b in ranges]
    return f"coalesce({' or '.join(tests)}, false)" if tests else "false"

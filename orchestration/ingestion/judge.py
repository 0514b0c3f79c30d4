"""Judgement: every record of a file becomes a typed row of one entity, or gets a typed reason.

All in SQL over the table `source`; nothing is done row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import duckdb

from orchestration.contract import Column
from orchestration.ingestion import casts, group, remainder, zones
from orchestration.ingestion.engine import identifier
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.reading import FILE, Reading

ABSENT = "_absent"
# What an epoch can say may lie beyond what a datetime holds.
LATEST = "timestamp '9999-12-31 23:59:59'"


@dataclass(frozen=True)
class Verdict:
    """What came of a file's records for one entity.

    Parameters
    ----------
    missing : list of str
        Source columns the mapping reads and the file does not have (once).
    refused_whole : str
        The required column that is therefore missing; no record was judged.
    skipped : int
        Records that say nothing for this entity.
    reasons : dict of str to int
        Refused records per reason.
    accepted : int
        Records that passed, the skipped ones not among them.
    due : datetime, optional
        The earliest time among those refused as lying in the future.
    """

    missing: list[str]
    refused_whole: str = ""
    skipped: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    accepted: int = 0
    due: datetime | None = None

    def having(self, reason: str | None, count: int, due: datetime | None) -> Verdict:
        """With `count` judged records, refused for a reason or accepted; the rest stays skipped."""
        skipped = self.skipped - count
        if reason is None:
            return replace(self, skipped=skipped, accepted=count)
        found = due if reason == "future_timestamp" else self.due
        return replace(self, skipped=skipped, reasons={**self.reasons, reason: count}, due=found)

    @property
    def is_wholly_ahead(self) -> bool:
        """Every record lies past the build's day: the file is for another night."""
        return not self.accepted and set(self.reasons) == {"future_timestamp"}


def future_limit(as_of: date, days: int) -> datetime:
    """The naive UTC instant from which on a time lies too far ahead of a build's day.

    A build knows no clock but its as-of day; `days` count from the end of that day in UTC, so at
    least one of them covers every business time zone.
    """
    return datetime.combine(as_of, datetime.min.time()) + timedelta(days=1 + days)


def table(mapped: Mapped) -> str:
    """Where the judged records of an entity are."""
    return f"judged_{mapped.entity.name}"


def judge(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    feed: Feed,
    mapped: Mapped,
    as_of: date,
) -> list[Verdict]:
    """Judge the records of `source` that are not in `repeated`; gives one verdict per file.

    The table `judged_<entity>` has `_line`, `_span`, `_reason` ("reason|column", NULL when accepted),
    `_due`, every contract column typed, and the JSON remainder.
    """
    absent, whole = missing(reading, mapped)
    if whole:
        return [Verdict(absent, refused_whole=whole) for _ in range(reading.files)]
    rows = judged(connection, reading, feed, mapped, as_of)
    connection.execute(f"create or replace temp table {table(mapped)} as {rows}")
    if mapped.one_row_per_key:
        group.refuse_incomplete(connection, mapped, table(mapped))
    verdicts = [Verdict(absent) for _ in range(reading.files)]
    for file, count in connection.execute(
        f"select {FILE}, count(*) from {reading.records} group by 1"
    ).fetchall():
        verdicts[file] = replace(verdicts[file], skipped=int(count))
    for file, reason, count, due in connection.execute(
        f"select {FILE}, split_part(_reason, '|', 1), count(*), min(least(_due, {LATEST})) "
        f"from {table(mapped)} group by 1, 2 order by 1, 2"
    ).fetchall():
        verdicts[file] = verdicts[file].having(reason, int(count), due)
    return verdicts


def missing(reading: Reading, mapped: Mapped) -> tuple[list[str], str]:
    """The source columns a file lacks, and the required column that it is refused for, if any."""
    if reading.is_empty:
        return [], ""
    absent = sorted(mapped.reads - usable(reading))
    return absent, _refused_whole(mapped, set(absent))


def usable(reading: Reading) -> set[str]:
    """The source columns that a name tells."""
    return {name for name in reading.columns if name not in reading.twice}


def _refused_whole(mapped: Mapped, missing: set[str]) -> str:
    """The required contract column that cannot be had from this file, or nothing."""
    lost = {name for name, text in mapped.columns.items() if missing & set(text.columns)}
    for column in mapped.entity.columns:
        if column.required and column.name in lost:
            return column.name
    choices = [name for name in mapped.entity.one_of if name in mapped.columns]
    return choices[0] if choices and set(choices) <= lost else ""


def _columns(mapped: Mapped) -> list[Column]:
    """The contract columns the feed maps, in the contract's order, JSON remainder last."""
    entity = mapped.entity
    names = [*(column.name for column in entity.columns), entity.remainder]
    return [entity.column(name) for name in names if name in mapped.columns]


def _told(reading: Reading, feed: Feed, mapped: Mapped) -> dict[str, str]:
    """The columns of an entity whose values stand in the relation as such, and their columns there."""
    instants = {} if feed.options.time_formats else reading.instants
    return {
        name: values[source]
        for kind, values in (("timestamp", instants), ("decimal", reading.decimals))
        for name, source in mapped.plain(kind).items()
        if source in values
    }


def _parsed(reading: Reading, feed: Feed, mapped: Mapped) -> str:
    """SQL: x_, e_, v_ and n_ of every mapped column, local times still local."""
    found = usable(reading)

    def name(column: str) -> str:
        return reading.columns[column] if column in found else ABSENT

    options, told = feed.options, _told(reading, feed, mapped)
    texts, values, typed = ["_line", "_span"], ["_line", "_span", "_rest"], ["*"]
    texts.append(f"{remainder.sql(reading, feed, mapped)} as _rest")
    if options.time_zone_column:
        texts.append(f"{identifier(name(options.time_zone_column))} as _zone")
        values.append("_zone")
    for column in _columns(mapped):
        expression = mapped.columns[column.name]
        values += casts.value(expression, column.name)
        if column.name in told:
            t, k, v, n = (identifier(f"{mark}_{column.name}") for mark in "tkvn")
            # Of its text only whether it is there is asked for.
            texts += [f"case when {told[column.name]} is not null then '0' end as {t}"]
            texts.append(f"{told[column.name]} as {k}")
            values.append(k)
            typed += [f"{k} as {v}", f"cast(null as timestamp) as {n}"]
            continue
        texts.append(f"{casts.text(expression, name)} as {identifier('t_' + column.name)}")
        typed += casts.typed(column, options.time_formats, column.name == mapped.entity.remainder)
    skip = mapped.skip_when.condition(name) if mapped.skip_when else "false"
    return (
        f"(select {', '.join(typed)} from (select {', '.join(values)} from (select {', '.join(texts)} "
        f"from (select *, cast(null as varchar) as {ABSENT} from {reading.records}) where not {skip})))"
    )


def judged(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    feed: Feed,
    mapped: Mapped,
    as_of: date,
    *,
    sampled: bool = False,
) -> str:
    """SQL of the judged rows: local times made UTC, then the first reason that applies to each record.

    Sampled, a file whose first records state no local time is taken to state none: one that does
    further down is then refused, so this is for callers who start again when anything is.
    """
    parsed = _parsed(reading, feed, mapped)
    entity, columns, told = mapped.entity, _columns(mapped), _told(reading, feed, mapped)
    naive = [column.name for column in columns if column.type == "timestamp" and column.name not in told]
    found = zones.declared(connection, feed, naive, parsed, sampled=sampled)
    limit = future_limit(as_of, feed.options.future_days)
    converted, cases = ["_line", "_span", "_rest"], []
    for column in columns:
        converted += [identifier(f"{mark}_{column.name}") for mark in "xe"]
        converted += zones.utc(column, feed, found)
        dated = column.name == entity.occurred and not entity.may_be_planned
        for test, reason, name in casts.checks(column, limit if dated else None):
            cases.append(f"when {test} then {reason} || '|{name}'")
    if entity.one_of:
        none = [f"{identifier(f'v_{c}')} is null" for c in entity.one_of if c in mapped.columns]
        cases.append(f"when {' and '.join(none)} then 'missing_required|{entity.one_of[0]}'")
    finals = [
        f"{identifier('v_' + c.name) if c in columns else f'cast(null as {c.sql_type})'} "
        f"as {identifier(c.name)}"
        for c in entity.columns
    ]
    rest = "_rest"
    if entity.remainder in mapped.columns:
        own = identifier("v_" + entity.remainder)
        rest = f"case when _rest is null then {own} when {own} is null then _rest "
        rest += f"else json_merge_patch(_rest, {own}) end"
    due = f"v_{entity.occurred}" if entity.occurred in mapped.columns else "null"
    return (
        f"select _line, _span, case {' '.join(cases)} end "
        f"as _reason, cast({due} as timestamp) as _due, {', '.join(finals)}, "
        f"cast({rest} as json) as {identifier(entity.remainder)} "
        f"from (select {', '.join(converted)} from {parsed})"
    )

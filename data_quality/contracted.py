"""Rules the contract itself implies, for every entity's raw and staging table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data_quality import rules
from data_quality.night import Night
from orchestration.contract import ENTITIES, LOAD_COLUMNS, ColumnType, Entity

# Ends of time that one feed's systems write (0001-01-01, 9999-12-31), either side of midnight in UTC.
END_DAYS = 10
_COUNTED = """
select 1 as offending
where (select count(*) from {batch}) <> (
    select coalesce(sum(rows), 0) from raw.loads where entity = 'ENTITY'
)
"""


def raw_table(name: str, night: Night) -> list[Any]:
    """A raw table: rows when it is fed, the contract's columns, and where each row came from."""
    entity = ENTITIES[name]
    derived = {entity.derived_key} - {None}
    required = [c.name for c in entity.columns if c.required or c.name in derived]
    return [
        # Critical: what the ledger says was loaded is there, to the row.
        rules.filled(f"select 1 from raw.loads where entity = '{name}' and rows > 0", "loaded rows"),
        rules.no_rows("as many rows as the ledger counts", _COUNTED.replace("ENTITY", name)),
        # Warning: a feed that never delivered may start later, or its path matches no file.
        rules.delivered(night.at_least(name)),
        rules.columns(entity.raw_columns),
        *(rule for column in _spared(entity, "date") for rule in _possible(column, night)),
        *_possible_times(_spared(entity, "timestamp"), entity, night),
        # Critical: the loader refuses such rows, so one here is the loader's mistake.
        *rules.not_null(*required),
        rules.never(
            "the loader says where each row came from",
            " or ".join(f"{column} is null" for column in LOAD_COLUMNS),
        ),
    ]


def _spared(entity: Entity, kind: ColumnType) -> list[str]:
    """The days or times that refuse no record, however impossible."""
    return [column.name for column in entity.columns if column.type == kind and not column.required]


def _possible(column: str, night: Night) -> list[Any]:
    """A day between 1900 and 2199; staging nulls the others and names the column in corrected_fields."""
    impossible = f"({column} < date '1900-01-01' or {column} >= date '2200-01-01')"
    return [
        # Warning: the record stands without it.
        rules.never(f"{column} from 1900 to 2199, else nulled in staging", impossible, "warning"),
        # Critical: so many are a wrong mapping or format, not stray errors.
        rules.no_rows(
            f"share of impossible {column} within each feed's limit",
            f"select 1 as offending from {{batch}} group by _feed "
            f"having count(case when {impossible} then 1 end) > {_limit(night)} * count(*)",
        ),
    ]


def _limit(night: Night) -> str:
    """SQL: the share of a feed's records that may be wrong."""
    said = "".join(f" when '{feed}' then {share!r}" for feed, share in sorted(night.limits.items()))
    return f"case _feed{said} else 0.05 end" if said else "0.05"


def _possible_times(columns: Sequence[str], entity: Entity, night: Night) -> list[Any]:
    """Times that can be true; staging nulls the others and names the column in corrected_fields."""
    if not columns:
        return []
    # As staging has it: what happens to users is held to 2000, a product may be older.
    first = "2000-01-01" if entity.name == "users" else "1900-01-02"
    impossible = {c: f"({c} < timestamp '{first}' or {c} >= timestamp '2200-01-01')" for c in columns}
    many = [
        f"(count(case when {test} then 1 end) > {_limit(night)} * count(*) "
        f"and count(distinct case when {test} then cast({c} as date) end) > {END_DAYS})"
        for c, test in impossible.items()
    ]
    return [
        # Warning: the record stands without it, and mostly it is how a system writes none or open.
        *(
            rules.never(f"{c} from {first[:4]} to 2199, else nulled in staging", test, "warning")
            for c, test in impossible.items()
        ),
        # Critical: so many of so many days are a wrong mapping or format, and no system's end of time.
        rules.no_rows(
            "share of impossible times within each feed's limit, but for ends of time",
            f"select 1 as offending from {{batch}} group by _feed having {' or '.join(many)}",
        ),
    ]


def staging_table(
    name: str, night: Night, *, known: str | None = None, more: Sequence[str] = ()
) -> list[Any]:
    """A staging table: the contract's columns, enumerations and times that can be true.

    Keys and their uniqueness are dbt's to test.

    Parameters
    ----------
    known
        The condition under which a raw row belongs to the as-of day or a day before.
    more
        Columns beside the contract's.
    """
    entity = ENTITIES[name]
    required = [c.name for c in entity.columns if c.required and c.name not in entity.key]
    evidence = f"select 1 from raw.{name} where {known or _known(entity, night)}"
    return [
        rules.filled(evidence, f"raw {name} by the as-of day"),
        rules.columns(_staged(entity, more)),
        # Critical: a required value may be missing only where a correction says it took it away.
        *(rules.never(f"{c} is there, or corrected", _lost(c)) for c in required),
        *rules.not_null("feed"),
        *(rules.in_set(c.name, c.enum) for c in entity.columns if c.enum),
        # Critical: a time out of bounds would be counted into a day that never was.
        *rules.happened(night, *_moments(entity)),
        *(rules.between(c.name, c.minimum, None) for c in entity.columns if c.minimum is not None),
    ]


def _staged(entity: Entity, more: Sequence[str]) -> list[str]:
    own = [column.name for column in entity.columns]
    return [*own, entity.remainder, "feed", "corrected_fields", *more]


def _known(entity: Entity, night: Night) -> str:
    if entity.occurred is None:
        return "true"
    if entity.column(entity.occurred).type == "date":
        return f"{entity.occurred} <= {night.as_of_sql}"
    return f"coalesce({entity.occurred} < {night.as_of_end_sql}, true)"


def _lost(column: str) -> str:
    return f"{column} is null and coalesce(corrected_fields, '') not like '%{column}%'"


def _moments(entity: Entity) -> list[str]:
    """The time a row is placed by; a planned one may lie ahead, a day has no instant."""
    if entity.occurred is None or entity.may_be_planned:
        return []
    return [entity.occurred] if entity.column(entity.occurred).type == "timestamp" else []

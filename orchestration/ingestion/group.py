"""One row per key: a file's records of the same key become one row of the entity."""

from __future__ import annotations

import duckdb

from orchestration.contract import Column
from orchestration.ingestion.document import Combine
from orchestration.ingestion.engine import identifier
from orchestration.ingestion.feed import Mapped
from orchestration.ingestion.reading import FILE, SHIFT

AGGREGATES: dict[Combine, str] = {
    "sum": "cast(sum({x}) as {kind})",
    "min": "min({x})",
    "max": "max({x})",
    "first": "arg_min({x}, _line) filter (where {x} is not null)",
    "last": "arg_max({x}, _line) filter (where {x} is not null)",
}


def how(mapped: Mapped, column: Column) -> Combine:
    """How a column's values become one: money is summed, of the rest the first is taken."""
    default: Combine = "sum" if column.type == "decimal" else "first"
    return mapped.combine.get(column.name, default)


def refuse_incomplete(connection: duckdb.DuckDBPyConnection, mapped: Mapped, table: str) -> None:
    """Refuse every record of a key one of whose records is refused.

    An order without one of its lines would be accepted with a wrong amount; held back whole, it is
    whole when it is replayed. So is a key whose sum does not fit its column.
    """
    keys, first = ", ".join(identifier(key) for key in mapped.entity.key), mapped.entity.key[0]
    sums = [
        f"try_cast(sum({identifier(c.name)}) as {c.sql_type}) is null and count({identifier(c.name)}) > 0"
        for c in mapped.entity.columns
        if c.name in mapped.columns and how(mapped, c) == "sum"
    ]
    overflow = " or ".join(f"({test})" for test in sums) or "false"
    connection.execute(
        f"update {table} as record set _reason = held.why from ("
        f"select {FILE} as _place, {keys}, "
        f"case when count(_reason) = 0 then 'out_of_range|{first}' "
        "when bool_and(_reason like 'future_timestamp|%') filter (where _reason is not null) "
        f"then max(_reason) else 'incomplete_key|{first}' end as why "
        f"from {table} group by {FILE}, {keys} having count(_reason) > 0 or {overflow}"
        f") as held where record._reason is null and record._line >> {SHIFT} = held._place and "
        + " and ".join(f"record.{identifier(k)} = held.{identifier(k)}" for k in mapped.entity.key)
    )


def select(mapped: Mapped, rows: str, carried: list[str]) -> str:
    """SQL: the rows of a relation combined by key.

    Parameters
    ----------
    mapped : Mapped
        The entity and how its columns combine.
    rows : str
        A relation with `_line` and the entity's columns.
    carried : list of str
        Further columns, equal for all rows of a key; the first is taken.
    """
    entity = mapped.entity
    chosen = []
    for name in [*(column.name for column in entity.columns), entity.remainder]:
        x = identifier(name)
        if name in entity.key:
            chosen.append(x)
        else:
            column = entity.column(name)
            template = AGGREGATES["first" if name == entity.remainder else how(mapped, column)]
            chosen.append(f"{template.format(x=x, kind=column.sql_type)} as {x}")
    chosen += [f"arg_max({name}, _line) as {name}" for name in carried if name != "_line"]
    keys = ", ".join(identifier(key) for key in entity.key)
    # The alias would otherwise hide the column that the aggregates order by.
    return (
        f"select * rename (_first as _line) from "
        f"(select {', '.join(chosen)}, min(_line) as _first from {rows} group by {keys})"
    )

"""From a text to a contract column: the strict cast, and the reasons it can fail for.

Per mapped column the SQL carries three names: x_ the text, e_ whether its expression failed, v_ the
typed value; for a timestamp also n_, the naive local time of a text that states no offset.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orchestration.contract import Column
from orchestration.ingestion import times
from orchestration.ingestion.engine import identifier, literal
from orchestration.ingestion.expression import MISSING, Expression

# A trailing ".0" says the same whole number, so it is no coercion; "12.7" never passes.
INTEGER = r"\s*[+-]?\d+([.]0*)?\s*"
DECIMAL = r"\s*[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d{1,3})?\s*"
BOOLEAN = r"\s*(true|false)\s*"
PATTERNS = {"integer": INTEGER, "decimal": DECIMAL, "number": DECIMAL, "boolean": BOOLEAN}

Check = tuple[str, str, str]


def text(expression: Expression, name: Callable[[str], str]) -> str:
    """SQL: an expression's result as text (see `Expression.sql` for its two sentinels)."""
    if expression.plain:
        return identifier(name(expression.columns[0]))
    return expression.sql(name)


def value(expression: Expression, column: str) -> list[str]:
    """SQL: x_ and e_ from the column t_ that holds `text`."""
    t, x, e = (identifier(f"{mark}_{column}") for mark in "txe")
    if expression.plain:
        return [f"{t} as {x}", f"false as {e}"]
    return [f"nullif(nullif({t}, {MISSING}), '') as {x}", f"({t} is null) as {e}"]


def typed(column: Column, formats: list[str], is_remainder: bool) -> list[str]:
    """SQL: v_ (and n_) from x_."""
    x, v = identifier(f"x_{column.name}"), identifier(f"v_{column.name}")
    if column.type == "timestamp":
        n = identifier(f"n_{column.name}")
        return [f"{times.instant(x, formats)} as {v}", f"{times.local(x, formats)} as {n}"]
    if column.type == "text":
        return [f"{x} as {v}"]
    if column.type == "date":
        return [f"{times.day(x, formats)} as {v}"]
    if column.type == "json":
        object_ = f" and json_type({x}) = 'OBJECT'" if is_remainder else ""
        return [f"case when json_valid({x}){object_} then {x}::json end as {v}"]
    digits = f"split_part({x}, '.', 1)" if column.type == "integer" else x
    fits = f"regexp_full_match({x}, '{PATTERNS[column.type]}')"
    return [f"case when {fits} then try_cast({digits} as {column.sql_type}) end as {v}"]


def checks(column: Column, future: datetime | None) -> list[Check]:
    """What can be wrong with a column, as (SQL condition, SQL reason, column), in order.

    Parameters
    ----------
    column : Column
        The contract column.
    future : datetime, optional
        The instant from which on it would lie in the future; None where that is allowed.
    """
    name = column.name
    x, e, v, n = (identifier(f"{mark}_{name}") for mark in "xevn")
    found: list[Check] = []
    if column.required:
        # Nearly no text begins that low, so that the others are not looked at twice.
        blank = f"{x} < '!' and ({x} = '' or (starts_with({x}, ' ') and trim({x}) = ''))"
        empty = blank if column.type == "text" else "false"
        found.append((f"(({x} is null or ({empty})) and not {e})", "'missing_required'", name))
    if column.type == "timestamp":
        found.append((f"{n} is not null", n, name))
    uncast = "'bad_type'"
    if column.type in ("integer", "decimal", "number"):
        fits = f"regexp_full_match({x}, '{PATTERNS[column.type]}')"
        uncast = f"case when {fits} then 'out_of_range' else 'bad_type' end"
    # A text is what it is: there only its expression can fail.
    untyped = "" if column.type == "text" else f" or ({x} is not null and {v} is null)"
    found.append((f"({e}{untyped})", uncast, name))
    if column.enum:
        listed = ", ".join(literal(item) for item in column.enum)
        found.append((f"{v} not in ({listed})", "'bad_enum'", name))
    if column.minimum is not None:
        found.append((f"{v} < {column.minimum}", "'out_of_range'", name))
    if column.type in ("timestamp", "date"):
        first, last = (f"timestamp '{bound}'" for bound in (times.FIRST, times.LAST))
        # A record is not lost for a time that it could do without: staging nulls it, and says so.
        if future is not None:
            spared = "" if column.required else f" and {v} < {last}"
            found.append((f"({v} >= timestamp '{future}'{spared})", "'future_timestamp'", name))
        if column.required:
            found.append((f"({v} < {first} or {v} >= {last})", "'out_of_range'", name))
    return found

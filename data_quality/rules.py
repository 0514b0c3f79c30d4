"""The vocabulary suites are written in: each word builds one or more expectations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from data_quality.expectations import (
    ExpectColumns,
    ExpectKnownValues,
    ExpectNoNulls,
    ExpectNoRows,
    ExpectNoRowsWhere,
    ExpectRowCount,
    ExpectWithin,
)
from data_quality.night import Night

Severity = Literal["critical", "warning"]

# Nothing this warehouse describes happened before the web had shops; older times are mistakes.
EARLIEST = "timestamp '2000-01-01'"


_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")


def rows(at_least: int, at_most: int | None = None) -> Expectation:
    """The table's row count; critical, because every other rule passes on an empty table."""
    plural = "" if at_least == 1 else "s"
    said = f"at least {at_least:,} row{plural}" + (f", at most {at_most:,}" if at_most is not None else "")
    return ExpectRowCount(
        min_value=at_least, max_value=at_most, severity=FailureSeverity.CRITICAL, description=said
    )


def delivered(at_least: int) -> Expectation:
    """A warning when a fed table has no rows yet."""
    return ExpectRowCount(
        min_value=at_least,
        severity=FailureSeverity.WARNING,
        description="something was delivered" if at_least else "nothing need be delivered",
    )


def filled(evidence: str, said: str) -> Expectation:
    """Rows wherever there is evidence of some; critical, as an empty table passes every other rule.

    A static minimum would block the early nights of a young tenant, which rightly have none.
    """
    return no_rows(
        f"not empty when there are {said}",
        f"select 1 as offending where not exists (select 1 from {{batch}}) and exists ({evidence})",
    )


def columns(names: Iterable[str], *, exact: bool = True) -> Expectation:
    """The column set; critical, because a renamed column breaks whoever reads the table."""
    wanted = list(names)
    return ExpectColumns(
        column_set=wanted,
        exact_match=exact,
        severity=FailureSeverity.CRITICAL,
        description=f"{'exactly' if exact else 'at least'} these {len(wanted)} columns",
    )


def not_null(*names: str, severity: Severity = "critical") -> list[Expectation]:
    """Columns that always hold a value."""
    return [
        ExpectNoNulls(column=name, severity=FailureSeverity(severity), description=f"{name} is never null")
        for name in names
    ]


def in_set(column: str, values: Iterable[str], severity: Severity = "critical") -> Expectation:
    """A column that holds one of the values, or nothing."""
    allowed = sorted(values)
    return ExpectKnownValues(
        column=column,
        value_set=allowed,
        severity=FailureSeverity(severity),
        description=f"{column} is one of {len(allowed)} known values",
    )


def between(
    column: str,
    low: float | None,
    high: float | None,
    severity: Severity = "critical",
) -> Expectation:
    """A number within bounds, both included; not-a-number lies outside."""
    span = (
        f"between {low:g} and {high:g}"
        if low is not None and high is not None
        else (f"at least {low:g}" if low is not None else f"at most {high:g}")
    )
    return ExpectWithin(
        column=column,
        min_value=low,
        max_value=high,
        severity=FailureSeverity(severity),
        description=f"{column} {span}",
    )


def no_rows(said: str, query: str, severity: Severity = "critical") -> Expectation:
    """A query of offending rows that must find none; ``{batch}`` stands for the table."""
    if "{batch}" not in query:
        raise ValueError(f"{said}: the query never asks about {{batch}}, the table it judges")
    escaped = query.replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")
    # Great Expectations formats the text, SQLAlchemy looks for :parameters in it; it has none.
    escaped = _PARAMETER.sub(r"\\:", escaped)
    return ExpectNoRows(unexpected_rows_query=escaped, severity=FailureSeverity(severity), description=said)


def never(said: str, condition: str, severity: Severity = "critical") -> Expectation:
    """A condition no row may meet; counted together with the table's others in one query."""
    return ExpectNoRowsWhere(condition=condition, severity=FailureSeverity(severity), description=said)


def unique(*names: str, severity: Severity = "critical") -> Expectation:
    """A key. Grouping spills to disk where the window of the stock expectation does not."""
    key = ", ".join(names)
    return no_rows(
        f"{key} unique",
        f"select 1 as offending from {{batch}} group by {key} having count(*) > 1",
        severity,
    )


def happened(night: Night, *names: str, severity: Severity = "critical") -> list[Expectation]:
    """Times between 2000 and the end of the as-of day: a build knows no future."""
    return [
        never(
            f"{name} from 2000 to the end of the as-of day",
            f"{name} < {EARLIEST} or {name} >= {night.as_of_end_sql}",
            severity,
        )
        for name in names
    ]


def as_of(night: Night) -> Expectation:
    """Every row describes this night; a stale table is critical, its numbers are of another day."""
    return never("as_of is the night's day", f"as_of is distinct from {night.as_of_sql}")


def pseudonymous(column: str = "user_key", *, optional: bool = False) -> Expectation:
    """A keyed hash of 64 hex digits; critical, because anything else may be a raw identifier."""
    missing = "" if optional else f"{column} is null or "
    return never(
        f"{column} is a pseudonym" + (" or null" if optional else ""),
        f"{missing}not regexp_full_match({column}, '[0-9a-f]{{64}}')",
    )


def fresh(night: Night, column: str, days: int) -> Expectation:
    """A warning when the newest row is old: a source may have stopped without an error."""
    limit = f"{night.as_of_end_sql} - interval {days} day"
    return no_rows(
        f"newest {column} within {days} days of the as-of",
        f"select 1 as offending from {{batch}} having max({column}) < {limit}",
        "warning",
    )


def no_addresses(*names: str) -> Expectation:
    """No e-mail address in text columns; critical, because personal data ends left of the marts."""
    pattern = r"[^\s@]+@[^\s@]+\.[A-Za-z]{2}"
    found = " or ".join(f"regexp_matches({name}, '{pattern}')" for name in names)
    return never(f"no e-mail address in {', '.join(names)}", found)

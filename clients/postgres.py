"""The public tables in a PostgreSQL database: `python -m clients.postgres [--to] [--readers]`.

Written by psql, which Debian's package postgresql-client holds, so that no driver is installed for it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from orchestration import served, warehouse
from orchestration.errors import Unusable

SCHEMA, NEXT, BEFORE = "marts", "marts_next", "marts_before"
# What DuckDB calls a type and PostgreSQL calls it; decimals keep their digits, what is nested becomes JSON.
TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric(39, 0)",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20, 0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
NULL = r"\N"


class PostgresError(Unusable):
    """The database cannot be reached or refuses; what readers see there is as it was."""


def publish(data: Path, to: str = "", readers: str = "") -> int:
    """Load the served generation beside the schema ``marts``, then swap the two; returns the tables.

    A statement that began before the swap ends on the tables it began with, the next sees the new ones. A
    transaction that must go on with those before finds them in ``marts_before`` until it ends: they are
    dropped once nobody reads them, at the latest by the next publish.

    Parameters
    ----------
    data
        The folder of all state.
    to
        A connection string of libpq; empty for its own variables (``PGHOST``, ``PGDATABASE`` and so on).
    readers
        A role that may read the new tables; grants do not outlive a swap otherwise.

    Raises
    ------
    orchestration.served.NothingPublished, PostgresError
        There is no file yet, or the database could not take it.
    """
    source = served.found(data).resolve()
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".postgres_") as folder:
        with warehouse.open_file(source, read_only=True) as connection:
            tables = _written(connection, Path(folder))
        lines = ["set lock_timeout = '60s'"]
        lines += [f"drop schema if exists {schema} cascade" for schema in (BEFORE, NEXT)]
        lines += [f"create schema {NEXT}"]
        for name, columns in tables.items():
            listed = ", ".join(f"{_name(column)} {kind}" for column, kind in columns.items())
            lines.append(f"create table {NEXT}.{_name(name)} ({listed})")
            lines.append(f"\\copy {NEXT}.{_name(name)} from '{name}.csv' with (format csv, null '{NULL}')")
        if readers:
            lines.append(f"grant usage on schema {NEXT} to {_name(readers)}")
            lines.append(f"grant select on all tables in schema {NEXT} to {_name(readers)}")
        _told(to, lines, Path(folder))
        swap = f"do $$ begin if exists (select from pg_namespace where nspname = '{SCHEMA}') then "
        swap += f"alter schema {SCHEMA} rename to {BEFORE}; end if; end $$"
        _told(to, ["begin", swap, f"alter schema {NEXT} rename to {SCHEMA}", "commit"], Path(folder))
        _forget(to, Path(folder))
    return len(tables)


def _written(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, dict[str, str]]:
    """Every public table as CSV; returns the columns of each with their types in PostgreSQL."""
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema = 'marts' and not ends_with(table_name, '_rows') order by 1, ordinal_position"
    ).fetchall()
    nested: dict[str, list[str]] = {}
    for table, column, kind in rows:
        plain = "numeric" + kind[7:].lower() if kind.startswith("DECIMAL") else TYPES.get(kind)
        found.setdefault(table, {})[column] = plain or "jsonb"
        if plain is None:
            nested.setdefault(table, []).append(f"to_json({_name(column)}) as {_name(column)}")
    for table in found:
        replaced = f" replace ({', '.join(nested[table])})" if table in nested else ""
        path = str(folder / f"{table}.csv").replace("'", "''")
        connection.execute(
            f"copy (select *{replaced} from marts.{_name(table)}) to '{path}'"
            f" (format csv, header false, nullstr '{NULL}', force_quote *)"
        )
    return found


def _told(to: str, lines: list[str], folder: Path) -> None:
    lines = ["set client_min_messages = warning", *lines]
    script = "".join(line + ("\n" if line.startswith("\\") else ";\n") for line in lines)
    command = [
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--set",
        "ON_ERROR_STOP=1",
        *(["--dbname", to] if to else []),
    ]
    try:
        done = subprocess.run(command, cwd=folder, input=script, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PostgresError("psql is not installed: it comes with Debian's postgresql-client") from error
    if done.returncode:
        raise PostgresError(
            f"PostgreSQL: {(done.stderr.strip() or f'psql ended with {done.returncode}').splitlines()[0]}"
        )


def _forget(to: str, folder: Path) -> None:
    """Drop the tables before, unless somebody still reads them: they wait for the next publish."""
    try:
        _told(to, ["set lock_timeout = '2s'", f"drop schema if exists {BEFORE} cascade"], folder)
    except PostgresError as error:
        print(f"the tables before are still read and stay in {BEFORE}: {error}", file=sys.stderr)


def _name(text: str) -> str:
    return '"' + re.sub('"', '""', text) + '"'


def main(argv: list[str] | None = None) -> int:
    parser = served.arguments("Publish the public tables to PostgreSQL.")
    parser.add_argument("--to", default="", help="a connection string; default libpq's own variables")
    parser.add_argument("--readers", default="", help="a role that may read the tables")
    options = parser.parse_args(argv)
    try:
        count = publish(served.data_of(options), options.to, options.readers)
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{count} tables in schema {SCHEMA}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

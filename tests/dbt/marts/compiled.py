"""Models' compiled SQL run on rows a test gives, in memory: milliseconds an example instead of a dbt run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from tests.dbt.house import House


@dataclass(frozen=True)
class Tables:
    """Tables to fill, build models from, and read."""

    connection: duckdb.DuckDBPyConnection
    code: Mapping[str, str] = field(repr=False)

    def run(self, rows: Mapping[str, pd.DataFrame]) -> None:
        """Replace the rows of the tables given and build every model again."""
        for table, frame in rows.items():
            self.connection.execute(f"delete from {_placed(table)}")
            if len(frame):
                self.connection.register("given", frame)
                self.connection.execute(f"insert into {_placed(table)} by name select * from given")
                self.connection.unregister("given")
        for table, code in self.code.items():
            self.connection.execute(f"create or replace table {_placed(table)} as {code}")

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a table, such as ``marts.rpt_value``."""
        return self.connection.execute(f"select * from {_placed(name)}").df()


@contextmanager
def compiled(house: House, *models: str, **variables: object) -> Iterator[Tables]:
    """Some models under one set of variables, over empty tables with the house's own types.

    Parameters
    ----------
    models
        In the order in which they build on each other.
    """
    result = house.dbt("compile", "--select", *models, **variables)
    assert result.success, result.exception
    nodes = {found.node.name: found.node for found in result.result.results}
    code = {f"{nodes[name].schema}.{name}": nodes[name].compiled_code for name in models}
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set timezone = 'UTC'")
        for file, name in (("warehouse", "warehouse"), ("public", "public_db")):
            _copy_types(connection, house.data / f"{file}.duckdb", name)
        yield Tables(connection, code)


def _placed(table: str) -> str:
    return f"{'public_db' if table.startswith('marts.') else 'warehouse'}.{table}"


def _copy_types(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    connection.execute(f"attach ':memory:' as {name}")
    connection.execute(f"attach '{file}' as typed (read_only)")
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'typed'"
    ).fetchall()
    for schema, table in tables:
        connection.execute(f"create schema if not exists {name}.{schema}")
        connection.execute(f"create table {name}.{schema}.{table} as from typed.{schema}.{table} limit 0")
    connection.execute("detach typed")

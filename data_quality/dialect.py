"""DuckDB for Great Expectations: one shared connection, rows buffered, errors without data."""

from __future__ import annotations

from threading import Lock
from typing import Any

import duckdb
import duckdb_engine
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedPrimaryKeyConstraint

# These speak of the query and the schema, never of a value in a row.
_ABOUT_THE_QUERY = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
)


class BufferedContext(PGExecutionContext_psycopg2):
    """Reads the rows before the connection is returned.

    DuckDB's cursor is its connection: Great Expectations fetches after giving the connection
    back, and the roll-back of that has thrown the rows away by then.
    """

    def post_exec(self) -> None:
        """Replace the live cursor by the rows it holds."""
        description = self.cursor.description
        if description:
            try:
                rows = self.cursor.fetchall()
            except duckdb.Error as error:
                raise without_data(error) from None
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor, description, rows)


class SharedDialect(duckdb_engine.Dialect):
    """duckdb-engine with buffered rows, quick reflection and errors that quote no data."""

    execution_ctx_cls = BufferedContext
    supports_statement_cache = False

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Run a statement; what it may raise carries no value of a row."""
        try:
            cursor.execute(statement, parameters)
        except duckdb.Error as error:
            raise without_data(error) from None

    def do_begin(self, connection: Any) -> None:
        """Nothing: the gates only read, and a statement by itself is a transaction in DuckDB."""

    def do_rollback(self, connection: Any) -> None:
        """Nothing was begun."""

    def do_commit(self, connection: Any) -> None:
        """Nothing was begun."""

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> list[ReflectedColumn]:
        """Column names in order, of a query that reads no row.

        The walk of the catalogue looks at every table and binds every view.
        """
        quote = self.identifier_preparer.quote_identifier
        named = ".".join(quote(part) for part in (schema, str(table_name)) if part)
        names = connection.execute(sa.text(f"select * from {named} limit 0")).keys()
        return [
            {"name": name, "type": sa.types.NullType(), "nullable": True, "default": None} for name in names
        ]

    def get_pk_constraint(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """No key is ever declared in the warehouse: dbt tests hold them."""
        return {"constrained_columns": [], "name": None}


sa.dialects.registry.register("duckdb.shared", __name__, SharedDialect.__name__)


def engine_over(connection: duckdb.DuckDBPyConnection) -> sa.Engine:
    """An engine on cursors of a connection that is already open, one for each thread that asks.

    The file is not opened a second time. A cursor forgets the default database, so it is
    told. Disposing of the engine closes the cursors only.
    """
    found = connection.execute("select current_database()").fetchone()
    database = str(found[0]).replace('"', '""') if found else "memory"
    one_at_a_time = Lock()

    def cursor() -> duckdb_engine.ConnectionWrapper:
        with one_at_a_time:
            made = connection.cursor()
        made.execute(f'use "{database}"')
        return duckdb_engine.ConnectionWrapper(made)

    return sa.create_engine(
        "duckdb+shared://",
        creator=cursor,
        poolclass=sa.pool.QueuePool,
        pool_size=0,  # as many as ask
        hide_parameters=True,
    )


def without_data(error: duckdb.Error) -> duckdb.Error:
    """The same error, its message kept only where it cannot quote a value.

    A failed cast says ``Could not convert string 'a@b.c'``; gate results and logs hold no values.
    """
    if isinstance(error, _ABOUT_THE_QUERY):
        return type(error)(str(error).splitlines()[0])
    return type(error)("message withheld, it may quote data")

"""Which columns the value of a column is computed from, read from the SQL the last night built.

Only values are followed: a column that merely filters, joins or groups rows is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

Table = tuple[str, str]
Column = tuple[str, str]
Schema = dict[str, dict[str, dict[str, str]]]


class Untold(Exception):
    """The SQL does not say where a column comes from; the message says why."""


@dataclass(frozen=True)
class Made:
    """What a column is computed from: columns of other tables, none for a constant or a count of rows."""

    of: frozenset[Column] = frozenset()
    untold: str = ""


def trace(queries: Mapping[Table, str], known: Mapping[Table, list[str]]) -> dict[str, dict[str, Made]]:
    """Each table of ``queries`` to its columns and what each is computed from; none where SQL is not read.

    Parameters
    ----------
    queries : mapping
        Layer and table to the SQL that makes it, in DuckDB's dialect.
    known : mapping
        Columns of the tables that no SQL makes, such as raw ones.
    """
    parsed: dict[Table, exp.Expr] = {}
    for table, sql in queries.items():
        with suppress(SqlglotError):
            parsed[table] = sqlglot.parse_one(sql, dialect="duckdb")
    found: dict[str, dict[str, Made]] = {name: {} for _, name in queries}
    schema: Schema = {}
    for (layer, name), columns in known.items():
        if columns:
            schema.setdefault(layer, {})[name] = dict.fromkeys(columns, "text")
    for layer, name in _in_order(parsed):
        found[name] = _columns(name, parsed[layer, name], schema)
        if found[name]:
            schema.setdefault(layer, {})[name] = dict.fromkeys(found[name], "text")
    return found


def _in_order(parsed: Mapping[Table, exp.Expr]) -> list[Table]:
    reads = {
        table: {(one.db, one.name) for one in tree.find_all(exp.Table)} & parsed.keys() - {table}
        for table, tree in parsed.items()
    }
    return list(TopologicalSorter(reads).static_order())


def _columns(name: str, tree: exp.Expr, schema: Schema) -> dict[str, Made]:
    known: dict[str, object] = {**schema}
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    try:
        scope = build_scope(
            qualify(tree, dialect="duckdb", schema=known, validate_qualify_columns=False, identify=False)
        )
    except SqlglotError:
        scope = None
    if scope is None:
        return {}
    query = _Query(scope)
    return {column: query.made(name, place) for place, column in enumerate(_names(scope)) if column != "*"}


def _selected(scope: Scope) -> list[exp.Expr]:
    return list(scope.expression.selects) if isinstance(scope.expression, exp.Query) else []


def _names(scope: Scope) -> list[str]:
    return [selected.output_name or ("*" if selected.is_star else "") for selected in _selected(scope)]


Place = tuple[Scope, int]


@dataclass
class _Query:
    """One qualified query: its results by scope and place, and what each reads directly."""

    root: Scope
    owners: dict[int, Scope] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)
    read: dict[tuple[int, int], list[Column | Place]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for scope in self.root.traverse():
            self.scopes[id(scope.expression)] = scope
            for node in scope.walk():
                if isinstance(node, exp.Column):
                    self.owners[id(node)] = scope

    def made(self, name: str, place: int) -> Made:
        """All that a column of the result goes back to; a recursive query comes back to itself."""
        ends: set[Column] = set()
        seen = {(id(self.root), place)}
        waiting: list[Place] = [(self.root, place)]
        while waiting:
            try:
                parts = self._parts(*waiting.pop())
            except Untold as error:
                return Made(untold=str(error))
            for one, other in parts:
                if isinstance(one, str):
                    ends.add((one, str(other)))
                elif (id(one), int(other)) not in seen:
                    seen.add((id(one), int(other)))
                    waiting.append((one, int(other)))
        return Made(frozenset(column for column in ends if column[0] != name))

    def _parts(self, scope: Scope, place: int) -> list[Column | Place]:
        """What the column at a place of a scope's result reads: columns of tables, or of other scopes."""
        key = (id(scope), place)
        if key not in self.read:
            if isinstance(scope.expression, exp.SetOperation):
                if scope.expression.args.get("by_name"):
                    raise Untold("a union by name")
                sides = (scope.expression.this, scope.expression.expression)
                self.read[key] = [(self.scopes[id(side.unnest())], place) for side in sides]
            else:
                selected = _selected(scope)
                if place >= len(selected) or selected[place].is_star:
                    raise Untold("all columns of a table whose columns are not known")
                self.read[key] = list(self._inside(selected[place]))
        return self.read[key]

    def _inside(self, expression: exp.Expr) -> Iterator[Column | Place]:
        """The columns an expression reads, of a query within it what that one yields."""
        if isinstance(expression, exp.Query) and id(expression) in self.scopes:
            scope = self.scopes[id(expression)]
            yield from ((scope, place) for place in range(len(_selected(scope))))
        elif isinstance(expression, exp.Column):
            yield from self._column(expression)
        else:
            for part in expression.iter_expressions():
                yield from self._inside(part)

    def _column(self, column: exp.Column) -> Iterator[Column | Place]:
        scope = self.owners.get(id(column))
        source = scope.sources.get(column.table) if scope else None
        if scope and not column.table and len(scope.selected_sources) == 1:
            # Of a table whose columns are not known, but the only one there is.
            ((_, source),) = scope.selected_sources.values()
        if isinstance(source, exp.Table):
            yield source.name, column.name
        elif source is None:
            raise Untold(f"{column.sql()} is of no table the SQL names")
        elif isinstance(source.expression, exp.Query):
            whole = source.expression.parent
            # Within a recursive query sqlglot gives what it starts from for all of it.
            recursive = self.scopes.get(id(whole)) if isinstance(whole, exp.SetOperation) else None
            yield self._named(recursive or source, column.name)
        else:
            for part in source.expression.iter_expressions():
                yield from self._inside(part)

    def _named(self, scope: Scope, name: str) -> Column | Place:
        """A scope's result column of a name."""
        names = _names(scope)
        if name in names:
            return scope, names.index(name)
        # All columns of one table, whichever they are: the one of that name is among them.
        sources = [source for _, source in scope.selected_sources.values()]
        if names == ["*"] and len(sources) == 1:
            one = sources[0]
            return (one.name, name) if isinstance(one, exp.Table) else self._named(one, name)
        raise Untold(f"{name} is one of all columns of tables whose columns are not known")

"""What is known of each table: of the public ones by the published file itself, of the others by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration import warehouse


@dataclass
class Gate:
    """One rule of the last night."""

    asset: str
    expectation: str
    severity: str
    held: bool
    observed: str


@dataclass
class Table:
    """One public table as it stands in the file, or one of those it is made from."""

    name: str
    rows: int | None
    as_of: str
    columns: list[tuple[str, str]]
    gates: list[Gate] = field(default_factory=list)

    @property
    def is_public(self) -> bool:
        return self.rows is not None


def tables(path: Path, columns_of: Mapping[str, Iterable[str]] | None = None) -> list[Table]:
    """Every public table of a published file, then the private ones; rows behind a view are told once.

    Parameters
    ----------
    columns_of : mapping, optional
        The private tables, in order, to their columns.
    """
    with warehouse.open_file(path, read_only=True) as published:
        columns: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in published.execute(
            "select table_name, column_name, data_type from information_schema.columns"
            " where table_schema = 'marts' and not ends_with(table_name, '_rows')"
            " order by table_name, ordinal_position"
        ).fetchall():
            columns.setdefault(table, []).append((column, kind))
        gates = _gates(published) if "rpt_data_quality" in columns else {}
        public = [
            Table(name, *_size(published, name, known), known, gates.get(name, []))
            for name, known in columns.items()
        ]
    return public + [
        Table(name, None, "–", [(column, "–") for column in known], gates.get(name, []))
        for name, known in (columns_of or {}).items()
        if name not in columns
    ]


def models(path: Path) -> list[Gate]:
    """The gates that a model passes before what it says is stored."""
    with warehouse.open_file(path, read_only=True) as published:
        there = published.execute(
            "select 1 from information_schema.tables where table_name = 'rpt_data_quality'"
        ).fetchone()
        found = _gates(published) if there else {}
    return [gate for gates in found.values() for gate in gates if gate.asset.startswith("models/")]


def _size(published: duckdb.DuckDBPyConnection, name: str, columns: list[tuple[str, str]]) -> tuple[int, str]:
    has_day = "as_of" in dict(columns)
    day = "cast(max(as_of) as varchar)" if has_day else "null"
    rows, as_of = published.execute(f"select count(*), {day} from marts.{name}").fetchone() or (0, None)
    return int(rows), as_of or "–"


def _gates(published: duckdb.DuckDBPyConnection) -> dict[str, list[Gate]]:
    found: dict[str, list[Gate]] = {}
    for asset, expectation, severity, held, observed in published.execute(
        "select asset, expectation, severity, success, observed from marts.rpt_data_quality"
        " order by success, severity, asset, expectation"
    ).fetchall():
        gate = Gate(asset, expectation, severity, bool(held), str(observed))
        found.setdefault(asset.rsplit("/", 1)[-1], []).append(gate)
    return found

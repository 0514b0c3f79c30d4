"""What the published file says of itself: its tables, their columns and rows, and their gates."""

from __future__ import annotations

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
    """One public table as it stands in the file."""

    name: str
    rows: int
    as_of: str
    columns: list[tuple[str, str]]
    gates: list[Gate] = field(default_factory=list)


def tables(path: Path) -> list[Table]:
    """Every public table of a published file; rows behind a view are not told twice."""
    with warehouse.open_file(path, read_only=True) as published:
        columns: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in published.execute(
            "select table_name, column_name, data_type from information_schema.columns"
            " where table_schema = 'marts' and not ends_with(table_name, '_rows')"
            " order by table_name, ordinal_position"
        ).fetchall():
            columns.setdefault(table, []).append((column, kind))
        gates = _gates(published) if "rpt_data_quality" in columns else {}
        return [
            Table(name, *_size(published, name, known), known, gates.get(name, []))
            for name, known in columns.items()
        ]


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

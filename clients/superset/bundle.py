"""A bundle as Superset imports it, filled in from the published file: its place, columns and meanings."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import yaml

from dashboards import dictionary
from orchestration import warehouse
from orchestration.errors import Unusable

HERE = Path(__file__).resolve().parent
# Superset opens the file for each query anew, so it follows a swap; what it opens reads this file only.
LOCKED = "access_mode=read_only&enable_external_access=false&lock_configuration=true"
# Zip files carry times; these are always the same.
NO_TIME = (2000, 1, 1, 0, 0, 0)


class OlderFile(Unusable):
    """The published file lacks a table that a chart is drawn from."""


def address(published: Path) -> str:
    """The published file as SQLAlchemy's DuckDB dialect names it, read-only and shut off from all else."""
    # As it is: the SQLAlchemy that Superset uses takes no escapes here, and DuckDB no question mark.
    return f"duckdb:///{published.absolute()}?{LOCKED}"


def zipped(published: Path) -> bytes:
    """The bundle as Superset imports it: the same bytes for the same file.

    Raises
    ------
    OlderFile
        A dataset's table is not in the file.
    """
    database = _read(HERE / "database.yaml") | {"sqlalchemy_uri": address(published)}
    files = {
        "metadata.yaml": {"version": "1.0.0", "type": "Dashboard", "timestamp": "2000-01-01T00:00:00+00:00"},
        "databases/userops.yaml": database,
    }
    for path in sorted((HERE / "datasets").glob("*.yaml")):
        dataset = _read(path)
        files[f"datasets/userops/{path.name}"] = dataset | {
            "columns": _columns(published, dataset["table_name"])
        }
    for folder in ("charts", "dashboards"):
        for path in sorted((HERE / folder).glob("*.yaml")):
            files[f"{folder}/{path.name}"] = _read(path)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            archive.writestr(zipfile.ZipInfo(f"userops/{name}", NO_TIME), text)
    return written.getvalue()


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _columns(published: Path, table: str) -> list[dict[str, Any]]:
    with warehouse.open_file(published, read_only=True) as connection:
        rows = connection.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'marts' and table_name = ? order by ordinal_position",
            [table],
        ).fetchall()
    if not rows:
        raise OlderFile(f"{published} has no table {table}: publish a newer night first")
    return [
        {
            "column_name": name,
            "type": kind,
            "is_dttm": kind in ("DATE", "TIMESTAMP"),
            "groupby": True,
            "filterable": True,
            "description": _meaning(f"{table}.{name}"),
        }
        for name, kind in rows
    ]


def _meaning(column: str) -> str:
    meant = dictionary.columns().get(column, {})
    return "\n".join(dict.fromkeys(meant.values()))

"""Parquet and Excel: formats without lines; a record's number is its row, its raw bytes its JSON."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import openpyxl

from orchestration.ingestion.engine import file_literal, identifier, literal
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.feed import Source
from orchestration.ingestion.lines import Line
from orchestration.ingestion.read_csv import Header, load_clean
from orchestration.ingestion.reading import SOURCE, Reading
from orchestration.ingestion.unpack import FREE_BYTES, MAX_RATIO

MIDNIGHT = time(0, 0)


def read_parquet(connection: duckdb.DuckDBPyConnection, path: Path, source: Source) -> Reading:
    """Read one Parquet file into the table `source`, every value as text."""
    try:
        found = connection.execute(
            f"describe select * from read_parquet({file_literal(path)}, hive_partitioning = false)"
        ).fetchall()
        header = Header([str(row[0]) for row in found], b"", 0)
        nulls = ", ".join(literal(text) for text in ["", *source.null_values])
        values = "".join(
            f", {_value(name, kind, nulls)} as c{place}"
            for place, (name, kind) in enumerate((str(row[0]), str(row[1])) for row in found)
        )
        connection.execute(
            f"create or replace temp table {SOURCE} as "
            f"select file_row_number + 1 as _line, cast(1 as bigint) as _span{values} "
            f"from read_parquet({file_literal(path)}, file_row_number = true, "
            "hive_partitioning = false)"
        )
    except duckdb.Error as error:
        raise UnreadableFileError("unreadable_file", "not a readable Parquet file") from error
    return _with_rows(connection, Reading(header.columns(), twice=header.twice))


def read_excel(connection: duckdb.DuckDBPyConnection, path: Path, source: Source, temporary: Path) -> Reading:
    """Read one sheet into the table `source`, every cell as text."""
    clean = temporary / "clean"
    blank, is_filled = 0, False
    try:
        _check_size(path)
        # By its name openpyxl would refuse a workbook that is called otherwise, an unpacked one too.
        with path.open("rb") as file, closing(openpyxl.load_workbook(file, True, data_only=True)) as book:
            if source.sheet and source.sheet not in book.sheetnames:
                raise UnreadableFileError("missing_sheet", f"no sheet {source.sheet!r}")
            sheet = book[source.sheet] if source.sheet else book.worksheets[0]
            rows = sheet.iter_rows(values_only=True)
            above, titles = _titles(rows) if source.header else (0, [])
            named = [name or f"column_{i}" for i, name in enumerate(titles, 1)]
            names = named if source.header else list(source.columns)
            with clean.open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
                width = len(names)
                for line, row in enumerate(rows, above + 1):
                    cells = [_cell(value) for value in row]
                    if not any(cells):
                        blank += 1
                        continue
                    is_filled, width = True, max(width, len(cells))
                    cells += [""] * (width - len(cells))
                    writer.writerow([line, 1, *cells])
    except UnreadableFileError:
        raise
    # openpyxl lets errors of every kind through from a damaged archive.
    except Exception as error:
        raise UnreadableFileError("unreadable_file", "not a readable Excel workbook") from error
    names += [f"column_{i}" for i in range(len(names) + 1, width + 1)]
    _level(clean, len(names) + 2)
    load_clean(connection, clean, len(names), source)
    header = Header(names, b"", 0)
    reading = Reading(header.columns(), blank=[blank], twice=header.twice)
    if any(titles) and not is_filled:
        said = {f"column_{place}": title for place, title in enumerate(titles, 1) if title}
        reading.header = Line(above, None, json.dumps(said, ensure_ascii=False).encode())
    return _with_rows(connection, reading)


def _titles(rows: Iterator[tuple[object, ...]]) -> tuple[int, list[str]]:
    """The first row that says anything, as text, and its number; the rows down to it are taken."""
    above, titles = 0, list[str]()
    for row in rows:
        above += 1
        titles = [_cell(value).strip() for value in row]
        if any(titles):
            break
    while titles and not titles[-1]:
        titles.pop()
    return above, titles


def _value(name: str, kind: str, nulls: str) -> str:
    column = identifier(name)
    if kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]"):
        text = f"cast(to_json({column}) as varchar)"
    else:
        text = f"cast({column} as varchar)"
    return f"case when {text} not in ({nulls}) then {text} end"


def _cell(value: object) -> str:
    """A cell as a person would type it: a date without a time stays a date."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > max(FREE_BYTES, path.stat().st_size * MAX_RATIO):
        raise UnreadableFileError("too_large", f"unfolds into {size} bytes")


def _level(clean: Path, width: int) -> None:
    """Give every row the width of the widest."""
    with clean.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if all(len(row) == width for row in rows):
            return
    target = clean.with_suffix(".level")
    with (
        clean.open(encoding="utf-8", newline="") as file,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows(row + [""] * (width - len(row)) for row in csv.reader(file))
    target.replace(clean)


def _with_rows(connection: duckdb.DuckDBPyConnection, reading: Reading) -> Reading:
    """Raw bytes of a row: its values by name, as JSON."""

    def pick(wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
        numbers = [line for line, _ in wanted]
        names = list(reading.columns)
        selected = ", ".join(["_line", *reading.columns.values()])
        connection.execute("create or replace temp table wanted (_line bigint)")
        connection.execute("insert into wanted select unnest(?)", [numbers])
        rows = connection.execute(
            f"select {selected} from {SOURCE} semi join wanted using (_line) order by _line"
        )
        for row in rows.fetchall():
            values = {n: v for n, v in zip(names, row[1:], strict=True) if v is not None}
            yield row[0], Line(row[0], None, json.dumps(values, ensure_ascii=False).encode())

    reading.pick = pick
    return reading

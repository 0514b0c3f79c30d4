"""Bytes of files: compressed text, Parquet and workbooks, the same for the same content."""

from __future__ import annotations

import gzip
import io
import re
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

LONG_AGO = (2024, 1, 1, 0, 0, 0)


def packed(content: bytes, suffix: str) -> bytes:
    """Content as a file of that suffix holds it."""
    if suffix.endswith(".gz"):
        return gzip.compress(content, compresslevel=3, mtime=0)
    if suffix.endswith(".zst"):
        return zstandard.ZstdCompressor(level=3).compress(content)
    return content


def parquet(table: pa.Table) -> bytes:
    """A Parquet file of the table."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def workbook(table: pa.Table) -> bytes:
    """A workbook of one sheet, its header in the first row."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("products")
    sheet.append(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        sheet.append(list(row))
    sink = io.BytesIO()
    book.save(sink)
    return _timeless(sink.getvalue())


def _timeless(content: bytes) -> bytes:
    """The same workbook without the moment of its making, which would differ each time."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb">\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<", b">2024-01-01T00:00:00Z<", part)
            new.writestr(zipfile.ZipInfo(name, LONG_AGO), part, zipfile.ZIP_DEFLATED)
    return sink.getvalue()

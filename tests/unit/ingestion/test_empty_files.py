"""A file that holds nothing loads as nothing; one whose only record was taken for its header does not."""

from __future__ import annotations

import gzip
import io

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
import zstandard

from tests.unit.ingestion.conftest import HEADER, ORDERS, World
from tests.unit.ingestion.test_ledger import tree

ORDER = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"
FORMATS = {"csv": "csv", "ndjson": "ndjson", "xlsx": "excel", "parquet": "parquet"}


def workbook(*rows: list[str]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def parquet() -> bytes:
    rows = duckdb.execute("select 'x' as other where false").to_arrow_table()
    out = io.BytesIO()
    pq.write_table(rows, out)
    return out.getvalue()


def landed(world: World, name: str, content: bytes) -> None:
    kind = FORMATS[name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]]
    world.write_feed(ORDERS.replace("format: csv", f"format: {kind}"))
    world.land(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", b""),
        ("orders.csv", b"\xef\xbb\xbf"),
        ("orders.csv", b"\n"),
        ("orders.csv", b"\r"),
        ("orders.csv", b" \r\n\r\n"),
        ("orders.csv", HEADER.encode()),
        ("orders.csv", HEADER.strip().encode() + b"\n\n"),
        ("orders.csv.gz", b""),
        ("orders.csv.gz", gzip.compress(b"")),
        ("orders.csv.zst", zstandard.compress(b"")),
        ("orders.ndjson", b""),
        ("orders.ndjson", b"\xef\xbb\xbf"),
        ("orders.ndjson", b"\n\n"),
        ("orders.xlsx", b""),
        ("orders.xlsx", workbook()),
        ("orders.xlsx", workbook(HEADER.strip().split(","))),
        ("orders.parquet", b""),
        ("orders.parquet", parquet()),
    ],
)
def test_a_file_without_records_loads_as_none_and_is_told(world: World, name: str, content: bytes) -> None:
    landed(world, name, content)
    (load,) = world.pull()
    counts = (load.physical, load.accepted, load.quarantined, load.duplicate, load.rows, load.reasons)
    assert (load.status, *counts) == ("loaded", 0, 0, 0, 0, 0, {})
    assert world.said == [f"feed shop: {name} (orders): holds no records"]
    assert world.query("orders", "*") == []
    before = tree(world.data)
    assert (world.pull(), world.replay()) == ([], [])
    assert tree(world.data) == before


def test_an_empty_file_among_others_takes_nothing_from_them(world: World) -> None:
    landed(world, "orders1.csv", (HEADER + ORDER).encode())
    world.land("orders2.csv", b"")
    world.land("orders3.csv", HEADER.encode())
    world.land("orders4.csv", (HEADER + ORDER.replace("o1", "o2") + "bad\n").encode())
    counts = [(load.physical, load.accepted, load.quarantined) for load in world.pull()]
    assert counts == [(1, 1, 0), (0, 0, 0), (0, 0, 0), (2, 1, 1)]
    assert [row[0] for row in world.query("orders", "order_id")] == ["o1", "o2"]


@pytest.mark.parametrize(
    ("name", "content", "line", "raw"),
    [
        ("orders.csv", ORDER.encode(), 1, ORDER.strip().encode()),
        ("orders.csv", b"\n" + ORDER.encode(), 1, b"\n" + ORDER.strip().encode()),
        ("orders.csv", b'"o1,u1\n', 1, b'"o1,u1'),
        ("orders.csv", b'{"id":"o1"}', 1, b'{"id":"o1"}'),
        ("orders.xlsx", workbook([], ["o1", "", "x"]), 2, b'{"column_1": "o1", "column_3": "x"}'),
    ],
)
def test_a_record_taken_for_the_header_is_refused_and_kept(
    world: World, name: str, content: bytes, line: int, raw: bytes
) -> None:
    landed(world, name, content)
    (load,) = world.pull()
    assert (load.status, load.physical, load.quarantined) == ("refused", 1, 1)
    assert load.reasons == {"missing_column": 1}
    (held,) = world.refused()
    assert (held.line, held.raw, held.reason, held.column) == (line, raw, "missing_column", "order_id")
    assert held.offset == (None if name.endswith("xlsx") else 0)


def test_files_read_together_each_keep_the_record_taken_for_the_header(world: World) -> None:
    landed(world, "orders1.csv", ORDER.encode())
    world.land("orders2.csv", (ORDER + "\n").encode())
    assert [load.reasons for load in world.pull()] == [{"missing_column": 1}] * 2
    assert [item.raw for item in world.refused()] == [ORDER.strip().encode()] * 2

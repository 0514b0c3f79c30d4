"""The Parquet of raw rows: told by its rows alone, typed by the contract, whole or not there."""

from __future__ import annotations

import itertools
import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.contract import ENTITIES
from orchestration.ingestion import raw_file
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.raw_file import RawFile

LOAD = FileLoad("shop", "orders", date(2026, 6, 30), "in/orders.csv", "ab" * 32)
ORDERS = ENTITIES["orders"]


def orders(count: int) -> pa.Table:
    dice = random.Random(3)
    return pa.table(
        {
            "order_id": [f"o{n}" for n in range(count)],
            "user_id": [f"u{dice.randrange(9)}" if dice.random() < 0.9 else None for _ in range(count)],
            "ordered_at": pa.array([datetime(2026, 5, 1, n % 24) for n in range(count)], pa.timestamp("us")),
            "status": ["paid"] * count,
            "amount": pa.array([Decimal(n) / 4 for n in range(count)], pa.decimal128(18, 4)),
            "currency": ["EUR"] * count,
            "attributes": ['{"n": 1}' if n % 3 else None for n in range(count)],
            "_line": pa.array(range(2, count + 2), pa.int64()),
        }
    )


def write(path: Path, *pieces: pa.Table) -> bytes:
    with RawFile(path, ORDERS, LOAD) as out:
        for piece in pieces:
            out.add(piece)
    assert out.rows == sum(piece.num_rows for piece in pieces)
    return path.read_bytes()


@pytest.mark.parametrize("group", [7, 50, 1000])
def test_the_bytes_say_nothing_of_the_pieces_rows_came_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr(raw_file, "GROUP_ROWS", group)
    rows, dice = orders(120), random.Random(5)
    whole = write(tmp_path / "whole", rows)
    for _ in range(10):
        cuts = sorted(dice.sample(range(1, 120), dice.randrange(1, 9)))
        pieces = [rows.slice(a, b - a) for a, b in itertools.pairwise([0, *cuts, 120])]
        assert write(tmp_path / "pieces", *pieces) == whole
    groups = pq.read_metadata(tmp_path / "whole").num_row_groups
    assert groups == -(-120 // group)


def test_a_reader_finds_the_rows_under_the_contracts_types(tmp_path: Path) -> None:
    rows = orders(120)
    write(tmp_path / "raw.parquet", rows)
    with duckdb.connect() as connection:
        found = connection.read_parquet(str(tmp_path / "raw.parquet"))
        assert dict(zip(found.columns, [str(kind).lower() for kind in found.types], strict=True)) == {
            **ORDERS.raw_columns
        }
        records = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    said: dict[str, Any] = dict.fromkeys(ORDERS.raw_columns)
    said |= {
        "_file": LOAD.file,
        "_file_sha256": LOAD.sha256,
        "_loaded_on": LOAD.loaded_on,
        "_feed": LOAD.feed,
    }
    assert records == [said | row for row in rows.to_pylist()]


def test_rows_that_bring_what_is_said_once_keep_it(tmp_path: Path) -> None:
    rows = orders(4).append_column("_loaded_on", pa.array([date(2026, 6, day) for day in range(1, 5)]))
    write(tmp_path / "raw.parquet", rows.append_column("_feed", pa.array(["a", "b", "a", "b"])))
    found = pq.read_table(tmp_path / "raw.parquet")
    assert found["_feed"].to_pylist() == ["a", "b", "a", "b"]
    assert [day.day for day in found["_loaded_on"].to_pylist()] == [1, 2, 3, 4]
    assert set(found["_file"].to_pylist()) == {LOAD.file}


def test_no_row_is_a_file_without_rows(tmp_path: Path) -> None:
    write(tmp_path / "raw.parquet")
    assert pq.read_table(tmp_path / "raw.parquet").num_rows == 0
    assert pq.read_schema(tmp_path / "raw.parquet").names == list(ORDERS.raw_columns)


@pytest.mark.parametrize("count", [2, 40])
def test_an_error_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(raw_file, "GROUP_ROWS", 8)

    def write_half() -> None:
        with RawFile(tmp_path / "raw.parquet", ORDERS, LOAD) as out:
            out.add(orders(count))
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_writer_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_file, "GROUP_ROWS", 8)
    odd = orders(16).set_column(4, "amount", pa.array(["twelve"] * 16))
    with pytest.raises(pa.ArrowInvalid), RawFile(tmp_path / "raw.parquet", ORDERS, LOAD) as out:
        out.add(odd)
    assert list(tmp_path.iterdir()) == []

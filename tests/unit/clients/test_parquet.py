"""The public tables as Parquet: all rows of one generation, never a mixture, nothing older left."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from clients.parquet import export
from orchestration.served import NothingPublished


def _publish(folder: Path, name: str, people: int) -> None:
    folder.mkdir(exist_ok=True)
    with duckdb.connect(folder / name) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_event_rows as"
            f" select i as event_id, (i / 3)::decimal(18, 4) as value from range({people}) as t (i)"
        )
        connection.execute("create view marts.fct_events as select *, date '2026-06-30' as as_of"
                           " from marts.fct_event_rows")  # fmt: skip
        connection.execute(
            f"create table marts.dim_users as select 'p' || i as user_key from range({people}) t (i)"
        )
    (folder / "current.duckdb").unlink(missing_ok=True)
    (folder / "current.duckdb").symlink_to(name)


def test_every_public_table_has_all_its_rows_and_types(tmp_path: Path) -> None:
    _publish(tmp_path / "published", "generation_2026-06-30_1.duckdb", 5)
    pointer = export(tmp_path)
    # Rows are public through the view that shows them, as everywhere.
    assert sorted(path.name for path in pointer.glob("*")) == ["dim_users.parquet", "fct_events.parquet"]
    events = pd.read_parquet(pointer / "fct_events.parquet")
    assert events["event_id"].tolist() == [0, 1, 2, 3, 4]
    assert [str(value) for value in events["value"]] == ["0.0000", "0.3333", "0.6667", "1.0000", "1.3333"]
    assert str(pq.read_schema(pointer / "fct_events.parquet").field("as_of").type) == "date32[day]"


def test_a_later_generation_replaces_the_one_before(tmp_path: Path) -> None:
    _publish(tmp_path / "published", "generation_2026-06-30_1.duckdb", 5)
    export(tmp_path)
    _publish(tmp_path / "published", "generation_2026-07-01_1.duckdb", 7)
    pointer = export(tmp_path)
    assert len(pd.read_parquet(pointer / "dim_users.parquet")) == 7
    assert [path.name for path in (tmp_path / "published").glob("parquet_*")] == [
        "parquet_generation_2026-07-01_1"
    ]


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished, match="make nightly"):
        export(tmp_path)

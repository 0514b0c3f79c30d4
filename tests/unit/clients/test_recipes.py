"""The recipes of docs/dashboards.md: each reads the same numbers and sees the next generation anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import sqlalchemy

QUERY = "select sum(number) as total from marts.dim_users"


def _publish(folder: Path, people: int) -> Path:
    with duckdb.connect(folder / f"generation_{people}.duckdb") as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.dim_users as select i as number from range({people}) t (i)")
    (folder / ".next").symlink_to(f"generation_{people}.duckdb")
    os.replace(folder / ".next", folder / "current.duckdb")
    return folder / "current.duckdb"


def _pandas(path: Path) -> int:
    with duckdb.connect(path, read_only=True) as connection:
        return int(connection.sql(QUERY).df()["total"].iloc[0])


def _arrow(path: Path) -> int:
    with duckdb.connect(path, read_only=True) as connection:
        return int(connection.sql(QUERY).to_arrow_table()["total"][0].as_py())


def _sqlalchemy(path: Path) -> int:
    engine = sqlalchemy.create_engine(
        f"duckdb:///{path}?access_mode=read_only", poolclass=sqlalchemy.NullPool
    )
    with engine.connect() as connection:
        return int(connection.execute(sqlalchemy.text(QUERY)).scalar_one())


@pytest.mark.parametrize("read", [_pandas, _arrow, _sqlalchemy])
def test_a_client_reads_each_generation(tmp_path: Path, read: Callable[[Path], int]) -> None:
    path = _publish(tmp_path, 5)
    assert read(path) == 10
    with duckdb.connect(path, read_only=True) as before:
        assert read(_publish(tmp_path, 7)) == 21
        assert before.sql(QUERY).fetchall() == [(10,)]

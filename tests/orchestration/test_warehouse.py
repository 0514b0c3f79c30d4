"""Every connection to the project's files sees their folder, and cannot be opened further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration import pseudonym, warehouse
from orchestration.warehouse import Warehouse

Opened = AbstractContextManager[duckdb.DuckDBPyConnection]


@contextmanager
def _of_dbt(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What dbt-duckdb does for every connection of a build."""
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        pseudonym.Plugin("orchestration.pseudonym", {}).configure_connection(connection)
        yield connection


WAYS: dict[str, Callable[[Path], Opened]] = {
    "warehouse": lambda data: Warehouse(data).open(),
    "layer": lambda data: Warehouse(data).open_layer("marts"),
    "file": lambda data: warehouse.open_file(data / "published.duckdb"),
    "dbt": _of_dbt,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_is_shut_off_from_all_else_and_stays_so(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, secret = tmp_path / "data", tmp_path / "secret.csv"
    monkeypatch.setenv("USEROPS_WAREHOUSE", str(data / "warehouse.duckdb"))
    monkeypatch.setenv("USEROPS_MARTS", str(data / "public.duckdb"))
    data.mkdir()
    secret.write_text("x\n1\n")
    with WAYS[way](data) as connection:
        connection.execute(f"copy (select 1 as x) to '{data}/own.csv'")
        assert connection.execute(f"select x from read_csv('{data}/own.csv')").fetchall() == [(1,)]
        for query in (
            f"select * from read_csv('{secret}')",
            f"select * from read_text('{data}/../secret.csv')",
            f"copy (select 1) to '{tmp_path}/out.csv'",
            f"attach '{tmp_path}/x.duckdb' as x",
            "install httpfs",
            "load httpfs",
            "set enable_external_access = true",
            "set allowed_directories = ['/']",
            "set lock_configuration = false",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(query)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "secret.csv"]


@pytest.mark.parametrize("way", ["warehouse", "layer"])
def test_the_marts_are_stored_for_any_reader_and_the_rest_as_is_best(way: str, tmp_path: Path) -> None:
    with WAYS[way](tmp_path) as connection:
        place = "public_db." if way == "warehouse" else ""
        connection.execute(f"create table {place}x as select 1 as y")
    with Warehouse(tmp_path).open() as connection:
        versions = dict(
            connection.execute(
                "select database_name, tags['storage_version'] from duckdb_databases() where not internal"
            ).fetchall()
        )
    assert versions["public_db"] == "v1.0.0+"
    assert versions["warehouse"] > "v1.0.0+"

"""A real PostgreSQL of Debian's: equal values, a swap under readers, a refusal that harms nobody."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from clients.postgres import PostgresError, publish
from tests.postgres import BINARIES, serving

pytestmark = pytest.mark.skipif(not BINARIES, reason="Debian's package postgresql is not installed")
HOSTILE = "quote \" and ' and ; drop schema marts cascade; --\nand \\N and 中文"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving() as address:
        yield address


def _ask(server: str, sql: str) -> str:
    return subprocess.check_output(["psql", "-XAtq", "-d", server, "-c", sql], text=True).rstrip("\n")


def _published(data: Path, people: int) -> Path:
    folder = data / "published"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"generation_{people}.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_users as select i as number, $1 || i as said, (i / 3)::decimal(18, 4) as"
            " money, i / 7 as share, timestamp '2026-06-30 23:59:59.123456' as seen,"
            " date '2026-06-30' as day, i % 2 = 0 as is_even,"
            " case when i = 0 then null when i = 1 then '' else '\\N' end as maybe,"
            f" [i, i + 1] as nested from range({people}) as t (i)",
            [HOSTILE],
        )
        connection.execute("create table marts.fct_event_rows as select 1 as hidden")
    (folder / "current.duckdb").unlink(missing_ok=True)
    (folder / "current.duckdb").symlink_to(path.name)
    return data


def test_values_are_those_of_the_file(server: str, tmp_path: Path) -> None:
    assert publish(_published(tmp_path, 5), server) == 1
    kinds = _ask(
        server,
        "select string_agg(format_type(atttypid, atttypmod), ' ' order by attnum) from pg_attribute"
        " where attrelid = 'marts.dim_users'::regclass and attnum > 0",
    )
    assert kinds == (
        "bigint text numeric(18,4) double precision timestamp without time zone date boolean text jsonb"
    )
    with duckdb.connect(tmp_path / "published" / "current.duckdb", read_only=True) as connection:
        rows = connection.execute("select * from marts.dim_users order by number").fetchall()
    for number, said, money, share, seen, day, is_even, maybe, nested in rows:
        held = _ask(
            server,
            f"select count(*) from marts.dim_users where number = {number} and said = $q${said}$q$"
            f" and money = {money} and share = {share!r}::double precision and seen = '{seen}'"
            f" and day = '{day}' and is_even = {is_even} and nested = '{nested}'::jsonb"
            f" and maybe is not distinct from {'null' if maybe is None else f'$q${maybe}$q$'}",
        )
        assert held == "1", number


def test_a_reader_of_before_ends_as_it_began_and_the_next_sees_the_new(server: str, tmp_path: Path) -> None:
    publish(_published(tmp_path, 5), server)
    script = "begin isolation level repeatable read;\nselect count(*) from marts.dim_users;\n"
    with subprocess.Popen(
        ["psql", "-XAtq", "-d", server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write(script)
        reader.stdin.flush()
        assert reader.stdout.readline() == "5\n"
        publish(_published(tmp_path, 7), server)
        assert _ask(server, "select count(*) from marts.dim_users") == "7"
        reader.stdin.write("select sum(number) from marts_before.dim_users;\ncommit;\n")
        reader.stdin.close()
        assert reader.stdout.read() == "10\n"
    publish(_published(tmp_path, 8), server)
    assert _ask(server, "select count(*) from marts.dim_users") == "8"
    assert _ask(server, "select count(*) from pg_namespace where nspname like 'marts%'") == "1"


def test_readers_may_read_what_is_new(server: str, tmp_path: Path) -> None:
    _ask(server, 'create role "bi team"')
    publish(_published(tmp_path, 5), server, "bi team")
    assert _ask(server, 'set role "bi team"; select count(*) from marts.dim_users') == "5"


def test_a_refusal_leaves_what_readers_see(server: str, tmp_path: Path) -> None:
    publish(_published(tmp_path, 5), server)
    with pytest.raises(PostgresError, match="nobody"):
        publish(_published(tmp_path, 9), server, "nobody")
    assert _ask(server, "select count(*) from marts.dim_users") == "5"
    with pytest.raises(PostgresError):
        publish(tmp_path, f"host={tmp_path} user=postgres")

"""A SQL client's drivers over what `make postgres` publishes: what they list and read, and a swap.

Debian's packages: postgresql, libpostgresql-jdbc-java, default-jdk-headless, odbc-postgresql, python3-pyodbc.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from clients.postgres import publish
from tests.postgres import BINARIES, serving

HERE = Path(__file__).parent
JAR = Path("/usr/share/java/postgresql.jar")
DRIVERS, ODBC = Path("/etc/odbcinst.ini"), "PostgreSQL Unicode"
# Debian's own, which has Debian's ODBC.
PYTHON = "/usr/bin/python3"
ASKED = """
    select cast(day as varchar), dau, wau, mau, revenue
    from marts.rpt_engagement where day > date '2026-06-20' order by day
"""
WORDS = "select segment_id, name_en, name_zh from marts.dim_segments order by segment_id"
Rows = list[tuple[str, ...]]
Read = Callable[[str, str], Rows]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    missing = [what for what, found in (
        ("postgresql", BINARIES),
        ("libpostgresql-jdbc-java", JAR.exists()),
        ("default-jdk-headless", shutil.which("javac")),
        ("odbc-postgresql", DRIVERS.exists() and f"[{ODBC}]" in DRIVERS.read_text()),
        ("python3-pyodbc", not subprocess.run([PYTHON, "-c", "import pyodbc"], check=False).returncode),
    ) if not found]  # fmt: skip
    if missing:
        pytest.exit(f"apt-get install {' '.join(missing)}", returncode=2)
    with serving() as address:
        yield address


@pytest.fixture
def published(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder of its own with the tenant's published file, which a test may change."""
    source = Path(request.config.getoption("--data")) / "published" / "current.duckdb"
    folder = tmp_path / "published"
    folder.mkdir()
    shutil.copyfile(source.resolve(), folder / "generation_1.duckdb")
    (folder / "current.duckdb").symlink_to("generation_1.duckdb")
    return folder


def _told(*command: str) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=True, encoding="utf-8",
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
    ).stdout  # fmt: skip


def _port(server: str) -> str:
    return dict(word.split("=") for word in server.split())["port"]


def _jdbc(server: str, query: str) -> list[list[str]]:
    address = f"jdbc:postgresql://127.0.0.1:{_port(server)}/postgres"
    java = ("java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-cp", str(JAR))
    return [line.split("\t") for line in _told(*java, str(HERE / "Query.java"), address, query).splitlines()]


def over_jdbc(server: str, query: str) -> Rows:
    return [tuple(cells) for kind, *cells in _jdbc(server, query) if kind == "row"]


def over_odbc(server: str, query: str) -> Rows:
    """The same query through unixODBC; Excel and Power BI ask the same driver on Windows."""
    address = f"Driver={ODBC};Servername=127.0.0.1;Port={_port(server)};Database=postgres;Username=postgres"
    lines = _told(PYTHON, str(HERE / "query_odbc.py"), address, query).splitlines()
    return [tuple(line.split("\t")) for line in lines]


def _of_the_file(published: Path, query: str) -> Rows:
    with duckdb.connect((published / "current.duckdb").resolve(), read_only=True) as connection:
        return [tuple(str(cell) for cell in row) for row in connection.execute(query).fetchall()]


def test_a_jdbc_client_lists_the_public_tables(server: str, published: Path) -> None:
    publish(published.parent, server)
    named = {cells[0] for kind, *cells in _jdbc(server, "select 1") if kind == "table"}
    listed = "select table_name from information_schema.tables where table_schema = 'marts'"
    assert named == {name for (name,) in _of_the_file(published, listed) if not name.endswith("_rows")}
    assert "dim_users" in named


@pytest.mark.parametrize("read", [over_jdbc, over_odbc])
def test_a_driver_reads_what_the_file_holds_and_what_is_swapped_in(
    server: str, published: Path, read: Read
) -> None:
    publish(published.parent, server)
    before = _of_the_file(published, ASKED)
    assert before
    assert read(server, ASKED) == before
    words = _of_the_file(published, WORDS)
    assert any(not name.isascii() for _, _, name in words)
    assert read(server, WORDS) == words
    with duckdb.connect((published / "current.duckdb").resolve()) as connection:
        connection.execute("update marts.rpt_engagement set dau = dau + 1000")
    publish(published.parent, server)
    after = read(server, ASKED)
    assert after == _of_the_file(published, ASKED)
    assert after != before

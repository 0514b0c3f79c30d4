"""What a night tells and asks: names planted in the feeds, and addresses it looks up."""

from __future__ import annotations

import csv
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from tests.e2e.house import House, spoil_landing
from tests.faults import victim
from tests.faults.kills import Night, last_words
from tests.faults.row import Harm, Try

# Records are private: raw, what was refused, and the tables between. Everything else is told.
PRIVATE = ("raw", "quarantine", "warehouse.duckdb", "warehouse.duckdb.wal", "aside")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Looked up by the trap itself: a trap that notes nothing has caught nothing.
PROBE = "127.0.0.2"


def tokens(landing: Path) -> set[bytes]:
    """Every address, number and full name that the landed files hold of people."""
    found: set[str] = set()
    for path in sorted(landing.glob("crm/users_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for person in csv.DictReader(file):
                found |= {person.get(column) or "" for column in ("e_mail", "mobile", "full_name")}
    # Of a short name other words are made, and ten thousand million is a number of no person.
    return {name.encode() for name in found if len(name.encode()) >= 9 and name.strip("01")}


def names(night: Night) -> Iterator[Try]:
    """A night that ends well, then one that a spoilt file stops: no planted name in anything told."""
    night.restore()
    planted = tokens(night.house.landing)
    said = night.before.with_name("said")
    landing = night.before.with_name("spoilt")
    shutil.rmtree(landing, ignore_errors=True)
    spoil_landing(night.house.landing, landing)
    for label, folder, code in (("a good night", night.house.landing, 0), ("a stopped night", landing, 1)):
        with House(night.house.data, folder).lived_in():
            ended = victim.night_of(night.day, said)
            harm: set[Harm] = set() if ended.wait() == code else {"stuck"}
        told = {path: hits for path in _told(night.house.data, said) if (hits := _hits(path, planted))}
        if told or not planted:
            harm.add("torn")
        names_of = {path.name: [hit.decode() for hit in hits[:2]] for path, hits in told.items()}
        yield f"{label}, {len(planted)} names planted: {names_of}", frozenset(harm)


def _told(data: Path, said: Path) -> Iterator[Path]:
    yield said
    for path in sorted(data.rglob("*")):
        if path.is_file() and path.relative_to(data).parts[0] not in PRIVATE:
            yield path


def _hits(path: Path, planted: set[bytes]) -> list[bytes]:
    content = path.read_bytes()
    if path.suffix == ".duckdb":
        content += victim.ask(lambda: _decoded(path)).encode()
    return sorted(name for name in planted if name in content)


def _decoded(path: Path) -> str:
    """The text of every table: a database keeps its words packed."""
    import duckdb

    connection = duckdb.connect(str(path.resolve()), read_only=True)
    try:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return "\n".join(
            str(row)
            for schema, table in tables
            for row in connection.execute(f'select * from "{schema}"."{table}"').fetchall()
        )
    finally:
        connection.close()


def offline(night: Night) -> Iterator[Try]:
    """A night that writes down each address it looks up or connects to, where there is no network."""
    night.restore()
    said, asked = night.before.with_name("said"), night.before.with_name("asked")
    asked.write_text("")
    ended = victim.night_of(night.day, said, lambda: _trap(asked))
    code, hosts = ended.wait(), set(asked.read_text().split())
    harm: set[Harm] = set()
    if code:
        harm.add("stuck")
    if PROBE not in hosts or hosts - LOOPBACK - {PROBE}:
        harm.add("torn")
    yield f"asked {sorted(hosts)}: {last_words(ended) if code else ''}", frozenset(harm)


def _trap(asked: Path) -> None:
    """In a child: a network namespace with no way out, and a note of every name asked for."""
    import ctypes
    import os

    new_network = 0x40000000  # CLONE_NEWNET
    if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).unshare(new_network):
        raise OSError(ctypes.get_errno(), "no network of its own")
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def note(host: object) -> None:
        with asked.open("a") as file:
            file.write(f"{host}\n")

    def looked_up(host: Any, *more: Any, **named: Any) -> Any:
        note(host)
        return look_up(host, *more, **named)

    def connected(self: socket.socket, address: Any) -> None:
        note(address[0] if isinstance(address, tuple) else "localhost")
        connect(self, address)

    mock.patch.object(socket, "getaddrinfo", looked_up).start()
    mock.patch.object(socket.socket, "connect", connected).start()
    socket.getaddrinfo(PROBE, None)

"""The warehouse's raw schema says what is in the files, and is typed where there are none."""

from __future__ import annotations

import json
from collections.abc import Callable

import duckdb

from orchestration.contract import ENTITIES
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.register import register_raw
from tests.unit.ingestion.conftest import World

GOOD = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"


def test_every_entity_has_a_view_of_the_contract(shop: Callable[[str], list[FileLoad]], world: World) -> None:
    shop(GOOD + "bad\n" + GOOD)
    connection = duckdb.connect()
    for _ in range(2):
        register_raw(connection, world.data, ENTITIES)
    for name, entity in ENTITIES.items():
        found = connection.execute(f"describe raw.{name}").fetchall()
        assert {row[0]: row[1].lower() for row in found} == entity.raw_columns
    assert connection.execute("select count(*) from raw.orders").fetchall() == [(1,)]
    assert connection.execute("select count(*) from raw.users").fetchall() == [(0,)]
    (row,) = connection.execute(
        "select feed, entity, physical, accepted, quarantined, duplicate, rows, reasons, "
        "loaded_at::varchar, max_quarantine_share from raw.loads"
    ).fetchall()
    assert row[:7] == ("shop", "orders", 3, 1, 1, 1, 1)
    assert json.loads(row[7]) == {"too_few_columns": 1}
    assert row[8:] == ("2026-06-30 00:00:00", 0.05)
    assert connection.execute("select entity, reason, records from raw.quarantine").fetchall() == [
        ("orders", "too_few_columns", 1)
    ]


def test_a_tenant_without_files_is_empty_and_typed(world: World) -> None:
    connection = duckdb.connect()
    register_raw(connection, world.data)
    assert connection.execute("select count(*) from raw.loads").fetchall() == [(0,)]
    assert connection.execute("select * from raw.quarantine").fetchall() == []

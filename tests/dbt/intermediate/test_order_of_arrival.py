"""However rows arrive (shuffled, split, repeated, overlapping), the same tables come out."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zlib import crc32

import pandas as pd
import pytest

from orchestration.contract import ENTITIES, Column, Entity
from tests.dbt.intermediate.conftest import Source

Row = dict[str, object]
World = dict[str, list[Row]]
LAST = datetime(2026, 6, 30, 16)  # the end of the as-of day in Shanghai, in UTC
ROWS = 40


def _value(chance: random.Random, entity: Entity, column: Column) -> object:
    """A value that may clash with another row's, be missing, or lie after the as-of day."""
    if not column.required and chance.random() < 0.3:
        return None
    if column.enum:
        return chance.choice(column.enum)
    if column.type == "timestamp":
        return LAST + timedelta(hours=chance.randint(-40, 4))
    if column.type == "date":
        return LAST.date() + timedelta(days=chance.randint(-9, 2))
    if column.type == "integer":
        return chance.randint(0, 3)
    if column.type == "decimal":
        return chance.randint(-2, 9)
    if column.type == "json":
        return chance.choice(['{"a":1}', '{"b":2}'])
    if column.name.endswith("_type"):
        return chance.choice(["user_id", "anonymous_id", "email"])
    pool = 12 if column.name in entity.key else 5
    return f"{column.name[:2]}{chance.randint(1, pool)}"


def _world(seed: int) -> World:
    chance = random.Random(seed)
    world: World = {}
    for entity in ENTITIES.values():
        rows: list[Row] = []
        for line in range(ROWS):
            columns = [*entity.columns, entity.column(entity.remainder)]
            row: Row = {column.name: _value(chance, entity, column) for column in columns}
            if entity.one_of and not any(row[name] for name in entity.one_of):
                row[entity.one_of[0]] = "us1"
            for name in entity.key:
                row[name] = row[name] if row[name] is not None or name == "line_number" else "k1"
            file = f"{entity.name}/2026-06-{line % 4 + 1:02}.csv"
            row |= {"_file": file, "_line": line, "_feed": f"shop_{entity.name}"}
            rows.append(row)
        world[entity.name] = rows
    return world


def _loaded(world: World, night: Callable[[str], date]) -> World:
    """Give every file the night it is loaded and the digest of what is in it."""
    loaded: World = {}
    for name, rows in world.items():
        files = sorted({str(row["_file"]) for row in rows})
        digests = {
            file: hashlib.sha256(repr([r for r in rows if r["_file"] == file]).encode()).hexdigest()
            for file in files
        }
        loaded[name] = [
            row | {"_loaded_on": night(str(row["_file"])), "_file_sha256": digests[str(row["_file"])]}
            for row in rows
        ]
    return loaded


def _shuffled(world: World, chance: random.Random) -> World:
    return {name: chance.sample(rows, len(rows)) for name, rows in world.items()}


def _split(world: World) -> World:
    """Every file in two parts, the first lines in the first."""
    return {
        name: [row | {"_file": f"{row['_file']}.{int(str(row['_line'])) // 20}"} for row in rows]
        for name, rows in world.items()
    }


def _overlapping(world: World) -> World:
    """Lines of a file come again in one that follows it, under other line numbers."""
    again = {
        name: [
            row | {"_file": f"{row['_file']}.again", "_line": 1000 + int(str(row["_line"]))} for row in rows
        ]
        for name, rows in world.items()
    }
    return {
        name: rows + [row for row in again[name] if _is_last_of_its_key(row, rows, name)]
        for name, rows in world.items()
    }


def _is_last_of_its_key(row: Row, rows: list[Row], name: str) -> bool:
    """Whether repeating it restates nothing: an older version sent again is newer news."""
    key = ENTITIES[name].key
    places = [
        (str(other["_file"]), int(str(other["_line"])))
        for other in rows
        if all(other[part] == row[part] for part in key)
    ]
    own = (str(row["_file"]).removesuffix(".again"), int(str(row["_line"])) - 1000)
    return not ENTITIES[name].mutable or own == max(places)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_arrival_ends_in_the_same_tables(source: Source, seed: int) -> None:
    chance = random.Random(seed)
    world = _world(seed)
    source.build(_loaded(world, lambda file: date(2026, 6, 30)))
    expected = source.tables()
    assert all(len(expected[f"staging.stg_{name}"]) > 3 for name in ENTITIES)
    arranged = _shuffled(_overlapping(_split(world)), chance)
    source.build(_loaded(arranged, lambda file: date(2026, 6, 1 + crc32(file.encode()) % 30)))
    found = source.tables()
    for name, rows in expected.items():
        pd.testing.assert_frame_equal(found[name], rows, obj=name)

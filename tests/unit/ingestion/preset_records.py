"""Records of a source landed as JSON lines, and what a preset makes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from orchestration.contract import ENTITIES
from tests.unit.ingestion.conftest import World

Record = dict[str, Any]
# Carried as instants, which the tests look at one by one.
TIMES = ("timestamp", "time", "event_timestamp", "start_date", "ended_at")
AT = datetime(2026, 6, 1, 8, 30, 0, 250000)


def pull_records(world: World, preset: str, *records: Record, more: str = "") -> None:
    """Load records as one JSON line each; none may be refused or lost."""
    world.write_feed(f"feed: site\npreset: {preset}\nsource: {{path: '${{LANDING}}/log*'}}\n{more}")
    world.land("log.json", "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    loads = world.pull()
    assert loads
    for load in loads:
        assert load.physical == len(records)
        assert load.physical == load.accepted + load.quarantined + load.duplicate
        assert load.quarantined == load.duplicate == 0
        assert lost(world, load.entity, records) == set()


def lost(world: World, entity: str, records: Sequence[Record]) -> set[str]:
    """The keys of records that are neither in the JSON remainder nor, letter for letter, in a column."""
    remainder, gone = ENTITIES[entity].remainder, set()
    columns = ", ".join(column.name for column in ENTITIES[entity].columns)
    for line, rest, *values in world.query(entity, f"_line, {remainder}, {columns}"):
        plain = [f"{value.normalize():f}" if isinstance(value, Decimal) else value for value in values]
        kept, found = json.loads(rest or "{}"), {str(value).casefold() for value in plain}
        for key, value in records[line - 1].items():
            if value is not None and key not in (*TIMES, *kept) and str(value).casefold() not in found:
                gone.add(key)
    return gone


def only(world: World, columns: str, entity: str = "events") -> tuple[Any, ...]:
    """The one row there is."""
    (row,) = world.query(entity, columns)
    return row

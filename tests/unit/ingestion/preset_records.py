"""Records of a source landed as JSON lines, and what a preset makes of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tests.unit.ingestion.conftest import World

Record = dict[str, Any]
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


def only(world: World, columns: str, entity: str = "events") -> tuple[Any, ...]:
    """The one row there is."""
    (row,) = world.query(entity, columns)
    return row

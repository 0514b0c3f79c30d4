"""Schema drift: a source changes its columns from one delivery to the next.

Columns are matched by name or the file is refused; nothing is ever taken by its position.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.row import Harm, Try
from tests.unit.ingestion.conftest import HEADER, ORDERS, World

LINE = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"
ROW = ("o1", "u1", "2026-06-01 04:00:00", "paid", "3.0000")
NO_STATE, NO_USER = ("o1", "u1", ROW[2], None, "3.0000"), ("o1", None, *ROW[2:])


@dataclass(frozen=True)
class Drift:
    """The next delivery, the rows it gives, or the reason its records are refused for."""

    name: str
    content: str
    rows: tuple[tuple[str | None, ...], ...] = ()
    reason: str = ""


DRIFTS = (
    Drift("reordered", "price,qty,state,at,customer,id\n1.50,2,paid,2026-06-01 12:00:00,u1,o1\n", (ROW,)),
    Drift("two swapped that look alike", "id,customer,at,state,price,qty\n" + LINE, (ROW,)),
    Drift("a new column at the end", HEADER.strip() + ",note\n" + LINE.strip() + ",hi\n", (ROW,)),
    Drift("a new column in front", "note," + HEADER + "hi," + LINE, (ROW,)),
    Drift(
        "a new column within", "id,note,customer,at,state,qty,price\n" + LINE.replace(",", ",x,", 1), (ROW,)
    ),
    Drift("an optional column gone", HEADER.replace("state,", "") + LINE.replace("paid,", ""), (NO_STATE,)),
    Drift(
        "a required column gone", HEADER.replace("at,", "") + "o1,u1,paid,2,1.5\n", reason="missing_column"
    ),
    Drift("a required column renamed", HEADER.replace("id,", "number,", 1) + LINE, reason="missing_column"),
    Drift("an optional column renamed", HEADER.replace("customer", "client") + LINE, (NO_USER,)),
    Drift("a column named twice", HEADER.replace("customer", "id") + LINE, reason="missing_column"),
    Drift("a number become a word", HEADER + LINE.replace("1.50", "cheap"), reason="bad_type"),
    Drift("a day become a number", HEADER + LINE.replace("2026-06-01 12:00:00", "46174"), reason="bad_type"),
    Drift("no header any more", LINE + LINE.replace("o1", "o2"), reason="missing_column"),
)


def tries() -> Iterator[Try]:
    """Each drift in a file after one that was as promised."""
    for case in DRIFTS:
        yield case.name, _of(case)


def _of(case: Drift) -> frozenset[Harm]:
    harm: set[Harm] = set()
    with tempfile.TemporaryDirectory() as root:
        world = World(Path(root))
        world.landing.mkdir()
        world.write_feed(ORDERS)
        world.land("orders_0.csv", HEADER + LINE.replace("o1", "before"))
        world.pull()
        world.land("orders_1.csv", case.content)
        (load,) = world.pull()
        columns = "order_id, user_id, ordered_at::varchar, status, amount::varchar"
        found = tuple(row for row in world.query("orders", columns) if row[0] != "before")
        reasons = {item.reason for item in world.refused()}
    if load.physical != load.accepted + load.quarantined + load.duplicate:
        harm.add("lost")
    if found != case.rows or reasons != ({case.reason} if case.reason else set()):
        harm.add("torn")
    return frozenset(harm)

"""Nothing is lost and nothing made up, whatever is done to a file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orchestration.ingestion import csv_lines, engine, in_memory, lines, outcome
from orchestration.ingestion.document import Source
from orchestration.ingestion.ledger import FileLoad
from tests.unit.ingestion.conftest import HEADER, ORDERS, World

LINES = [
    "o1,u1,2026-06-01 12:00:00,paid,2,1.50",
    'o2,"u,2",2026-06-02 12:00:00,placed,1,9.99',
    'o3,"u ""3""",2026-06-03 12:00:00,,3,0.01',
    'o4,"u\n4",2026-06-04 12:00:00,paid,5,2',
    "o5,,2026-06-05 12:00:00,refunded,-5,2",
    "o1,u1,2026-06-01 12:00:00,paid,2,1.50",
]
BYTES = st.sampled_from(
    [b'"', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xc3", b"x", b" ", b"\\", b"\xef\xbb\xbf"]
)
MUTATION = st.tuples(st.sampled_from(["insert", "delete", "cut", "repeat"]), st.integers(0, 10**6), BYTES)
JSON_FEED = """
feed: shop
source: {kind: files, path: "orders*", format: ndjson}
entity: orders
time_zone: Asia/Shanghai
columns: {order_id: id, ordered_at: at, amount: qty * price, currency: "'CNY'"}
"""


def mutated(content: bytes, mutations: list[tuple[str, int, bytes]]) -> bytes:
    for kind, place, new in mutations:
        at = place % (len(content) + 1)
        if kind == "insert":
            content = content[:at] + new + content[at:]
        elif kind == "delete":
            content = content[:at] + content[at + 1 :]
        elif kind == "cut":
            content = content[:at] + content[at + place % 40 :]
        else:
            content = content[:at] + content[max(0, at - 30) : at] + content[at:]
    return content


def pulled(feed: str, content: bytes) -> tuple[FileLoad, World]:
    world = World(Path(tempfile.mkdtemp()))
    world.landing.mkdir()
    world.write_feed(feed)
    world.land("orders.x", content)
    (load,) = world.pull()
    return load, world


def check(load: FileLoad, world: World) -> None:
    assert load.physical == load.accepted + load.quarantined + load.duplicate
    assert len(world.query("orders", "order_id")) == load.rows == load.accepted
    refused = world.refused()
    assert len(refused) == load.quarantined == sum(load.reasons.values())
    kept = {row[0] for row in world.query("orders", "_line")}
    assert not kept & {item.line for item in refused}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MUTATION, min_size=0, max_size=4))
def test_no_csv_record_is_lost(mutations: list[tuple[str, int, bytes]]) -> None:
    content = mutated((HEADER + "\n".join(LINES) + "\n").encode(), mutations)
    load, world = pulled(ORDERS, content)
    check(load, world)
    for item in world.refused():
        if item.offset is not None and item.reason != "missing_column":
            assert content[item.offset :].startswith(item.raw[:20])
    # Every line that holds something is in a record, refused, or the header.
    text = [line for line in content.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]
    assert load.physical <= len(text)
    assert load.physical >= 1 or len(text) <= 1 or b"\r" in content
    assert load.physical >= 1 or load.status == "loaded"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MUTATION, min_size=0, max_size=4))
def test_no_json_record_is_lost(mutations: list[tuple[str, int, bytes]]) -> None:
    records = [
        {
            "id": f"o{i}",
            "at": "2026-06-01 12:00:00",
            "qty": i,
            "price": "1.5",
            "note": "a\nb",
            "深": {"x": [1]},
        }
        for i in range(6)
    ]
    content = mutated("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode(), mutations)
    load, world = pulled(JSON_FEED, content)
    check(load, world)
    if b"\n" in content:
        held = [line for line in content.split(b"\n") if line.strip(b" \t\r\n")]
        assert load.physical == len(held)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MUTATION, min_size=0, max_size=3))
@example([("insert", 125, b" ")])  # blanks before a quote: the vectorised reader alone drops them
def test_both_readers_agree_where_the_fast_one_accepts(mutations: list[tuple[str, int, bytes]]) -> None:
    from orchestration.ingestion import read_csv
    from orchestration.ingestion.unpack import Plain

    body = mutated(("\n".join(LINES) + "\n").encode(), mutations)
    source = Source(kind="files", path="x.csv")
    folder = Path(tempfile.mkdtemp())
    path = folder / "x.csv"
    path.write_bytes(HEADER.encode() + body)
    with engine.scratch(folder) as (connection, temporary):
        reading = read_csv.read(connection, Plain(path, "utf-8"), source, temporary)
        found = connection.execute("select * from source order by _line").fetchall()
        content = path.read_bytes()
        newline = lines.newline_of(content)
        parsed = csv_lines.parse(
            lines.iterate(content, newline, first=2), 6, source, "utf-8", temporary / "clean"
        )
        read_csv.load_clean(connection, temporary / "clean", 6, source)
        slow = connection.execute("select * from source order by _line").fetchall()
    assert len(found) + len(reading.refused[0]) == parsed.records + len(parsed.refused)
    if not reading.refused[0] and not parsed.refused:
        assert [row[0] for row in found] == [row[0] for row in slow]
    if (taken := in_memory.take(path, source)) is not None:
        rows = zip(*(column.to_pylist() for column in taken.table.columns), strict=True)
        assert [(line, 1, *values) for line, values in enumerate(rows, 2)] == slow


def test_one_open_quote_costs_one_line(world: World) -> None:
    rows = [f"o{i},u{i},2026-06-01 12:00:00,paid,2,1.50" for i in range(20_000)]
    rows[4_321] = 'o4321,"u4321,2026-06-01 12:00:00,paid,2,1.50'
    rows[9_000] = 'o9000,"u,9000",2026-06-01 12:00:00,paid,2,1.50'
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + "\n".join(rows) + "\n")
    (load,) = world.pull()
    assert (load.physical, load.accepted) == (20_000, 19_999)
    assert [(item.line, item.reason) for item in world.refused()] == [(4_323, "unparsable_line")]


def test_a_broken_law_writes_nothing() -> None:
    with pytest.raises(RuntimeError, match="5 records are not 3 accepted"):
        outcome.check_conserved(
            FileLoad("shop", "orders", loaded_on=None, physical=5, accepted=3, quarantined=1)  # type: ignore[arg-type]
        )

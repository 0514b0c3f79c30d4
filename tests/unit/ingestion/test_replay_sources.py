"""A file refused for how its source was described loads whole once that is corrected."""

from __future__ import annotations

import gzip
import io
import json

import openpyxl
import pytest

from tests.unit.ingestion.conftest import HEADER, ORDERS, World
from tests.unit.ingestion.test_ledger import tree

LINES = [f"o{n},u{n},2026-06-0{n} 12:00:00,paid,2,1.50\n" for n in (1, 2, 3)]
BODY = "".join(LINES)
CSV = HEADER + BODY
KEYS = HEADER.strip().split(",")
RECORDS = (dict(zip(KEYS, line.strip().split(","), strict=True)) for line in LINES)
JSON = "".join(json.dumps(record) + "\n" for record in RECORDS)
NAMED = "header: false, columns: [id, customer, at, state, qty, price]"


def workbook(sheet_name: str = "Data") -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = sheet_name
    for line in CSV.splitlines():
        sheet.append(line.split(","))
    book.save(out)
    return out.getvalue()


# The content, what the feed said of it, and what it says once corrected; the second list needs landing.
FROM_WHAT_IS_KEPT = [
    (BODY.encode(), "format: csv", f"format: csv, {NAMED}"),
    (("\n" + BODY).encode(), "format: csv", f"format: csv, {NAMED}"),
    (CSV.encode(), 'format: csv, delimiter: ";"', "format: csv"),
    (JSON.encode(), "format: csv", "format: ndjson"),
    (CSV.encode(), "format: ndjson", "format: csv"),
]
FROM_LANDING = [
    (workbook(), "format: excel, sheet: Dat", "format: excel, sheet: Data"),
    (workbook(), "format: csv", "format: excel"),
    (workbook(), "format: ndjson", "format: excel"),
    (CSV.encode(), "format: excel", "format: csv"),
    (CSV.encode(), "format: parquet", "format: csv"),
    (CSV.encode("utf-16"), "format: csv", "format: csv, encoding: utf-16"),
    (JSON.encode("utf-16"), "format: ndjson", "format: ndjson, encoding: utf-16"),
    (gzip.compress(CSV.encode()), "format: csv", "format: csv, compression: gz"),
    (gzip.compress(JSON.encode()), "format: ndjson", "format: ndjson, compression: gz"),
    (CSV.encode(), "format: csv, compression: gz", "format: csv, compression: none"),
]


def feed(options: str) -> str:
    return ORDERS.replace("format: csv", options)


def refused(world: World, content: bytes, wrong: str) -> None:
    world.write_feed(feed(wrong))
    world.land("orders.x", content)
    (load,) = world.pull()
    assert load.accepted == 0
    assert load.physical == load.quarantined > 0


def loaded(world: World) -> None:
    """Three orders came of the file, each once, and a further replay finds nothing."""
    (load,) = world.loads()
    counts = (load.status, load.physical, load.accepted, load.quarantined, load.duplicate, load.rows)
    assert counts == ("loaded", 3, 3, 0, 0, 3)
    assert [row[0] for row in world.query("orders", "order_id")] == ["o1", "o2", "o3"]
    state = tree(world.data)
    assert (world.replay(), world.pull()) == ([], [])
    assert tree(world.data) == state


@pytest.mark.parametrize(("content", "wrong", "right"), [*FROM_WHAT_IS_KEPT, *FROM_LANDING])
def test_a_corrected_source_loads_the_file_whole(
    world: World, content: bytes, wrong: str, right: str
) -> None:
    refused(world, content, wrong)
    state = tree(world.data)
    assert world.replay() == []
    assert tree(world.data) == state
    world.write_feed(feed(right))
    (load,) = world.replay()
    assert [load] == world.loads()
    loaded(world)


@pytest.mark.parametrize(("content", "wrong", "right"), FROM_WHAT_IS_KEPT)
def test_what_is_kept_is_enough_where_lines_stayed_lines(
    world: World, content: bytes, wrong: str, right: str
) -> None:
    refused(world, content, wrong)
    world.write_feed(feed(right))
    (world.landing / "orders.x").unlink()
    assert len(world.replay()) == 1
    loaded(world)


@pytest.mark.parametrize(("content", "wrong", "right"), FROM_LANDING)
def test_a_file_that_is_gone_stays_refused_and_is_told(
    world: World, content: bytes, wrong: str, right: str
) -> None:
    refused(world, content, wrong)
    world.write_feed(feed(right))
    landed = world.landing / "orders.x"
    landed.rename(world.root / "elsewhere")
    state = tree(world.data)
    assert world.replay() == []
    assert tree(world.data) == state
    assert world.said[-1].startswith("feed shop: orders.x (orders) is no longer in landing and stays refused")
    (world.root / "elsewhere").rename(world.landing / "orders_again.x")
    assert world.pull() == []
    (load,) = world.replay()
    assert load.file == "orders.x"
    loaded(world)


def test_without_a_landing_folder_what_is_kept_is_read(world: World) -> None:
    refused(world, BODY.encode(), "format: csv")
    world.write_feed(feed(f"format: csv, {NAMED}"))
    (world.landing / "orders.x").unlink()
    world.landing.rmdir()
    assert len(world.replay()) == 1


def test_of_a_file_partly_accepted_only_what_was_refused_is_judged_again(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.x", CSV + LINES[0].replace("o1", "o4").replace("paid", "PAID"))
    world.pull()
    corrected = ORDERS.replace("status: state", "status: lower(state)")
    world.write_feed(corrected.replace("user_id: customer", "user_id: id"))
    (load,) = world.replay()
    assert load.accepted == 4
    assert world.query("orders", "user_id") == [("u1",), ("u2",), ("u3",), ("o4",)]


def test_another_reason_to_refuse_a_file_takes_the_place_of_the_first(world: World) -> None:
    refused(world, workbook(), "format: excel, sheet: Dat")
    world.write_feed(feed("format: excel").replace("order_id: id", "order_id: number"))
    (load,) = world.replay()
    assert (load.status, load.reasons) == ("refused", {"missing_column": 3})
    assert "no column number" in world.said[-1]
    assert world.replay() == []


def test_a_header_alone_is_no_record_once_the_feed_knows_its_columns(world: World) -> None:
    refused(world, HEADER.encode(), "format: csv, delimiter: ';'")
    world.write_feed(ORDERS)
    (world.landing / "orders.x").unlink()
    (load,) = world.replay()
    assert (load.status, load.physical, load.quarantined) == ("loaded", 0, 0)
    assert world.replay() == []

"""A corrected feed loads what was refused, once, from landing or from what is kept."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.unit.ingestion.conftest import HEADER, ORDERS, World
from tests.unit.ingestion.test_ledger import tree

GOOD = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"


@pytest.mark.parametrize(
    ("body", "before", "change", "after"),
    [
        # The wrong enum is mapped.
        (GOOD + GOOD.replace("o1", "o2").replace("paid", "PAID"), 1, ("state", "lower(state)"), 2),
        # A column was named otherwise: the file had been refused whole.
        (GOOD + GOOD.replace("o1", "o2"), 0, ("customer_id", "customer"), 2),
        # The delimiter was wrong.
        (
            (GOOD + GOOD.replace("o1", "o2")).replace(",", ";"),
            0,
            ("format: csv", 'format: csv, delimiter: ";"'),
            2,
        ),
        # The encoding was wrong.
        (GOOD + GOOD.replace("o1", "订单"), 1, ("format: csv", "format: csv, encoding: gbk"), 2),
    ],
)
@pytest.mark.parametrize("is_gone", [False, True])
def test_replay_loads_what_a_corrected_feed_accepts(
    world: World, body: str, before: int, change: tuple[str, str], after: int, is_gone: bool
) -> None:
    feed = ORDERS.replace("user_id: customer", "order_id2: x").replace("  order_id2: x\n", "")
    if change[0] == "customer_id":
        feed = feed.replace("order_id: id", "order_id: customer_id")
        change = ("order_id: customer_id", "order_id: id")
    world.write_feed(feed)
    header = HEADER.replace(",", ";") if ";" in body else HEADER
    landed = world.land("orders.csv", (header + body).encode("gbk"))
    (first,) = world.pull()
    assert first.accepted == before
    world.write_feed(feed.replace(*change, 1))
    assert world.pull() == []
    if is_gone:
        landed.unlink()
    (load,) = world.replay()
    assert (load.accepted, load.quarantined, load.physical) == (after, 0, 2)
    assert sorted(row[0] for row in world.query("orders", "_line")) == [2, 3]
    state = tree(world.data)
    assert world.replay() == []
    assert world.pull() == []
    assert tree(world.data) == state
    assert world.loads() == [load]


def test_what_is_still_wrong_stays_in_quarantine(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + GOOD + GOOD.replace("paid", "PAID") + GOOD.replace("paid", "lost"))
    world.pull()
    world.write_feed(ORDERS.replace("status: state", "status: lower(state)"))
    (load,) = world.replay()
    assert (load.accepted, load.reasons) == (2, {"bad_enum": 1})
    (held,) = world.refused()
    assert (held.line, held.raw) == (4, GOOD.replace("paid", "lost").strip().encode())
    assert world.replay() == []


def test_replay_with_an_unchanged_feed_changes_nothing(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + GOOD + "bad\n")
    world.pull()
    state = tree(world.data)
    assert world.replay() == []
    assert tree(world.data) == state


def test_json_and_excel_replay_too(world: World) -> None:
    feed = (
        "feed: shop\nsource: {{kind: files, path: {path}}}\nentity: feedback\ncolumns:\n"
        "  feedback_id: id\n  submitted_at: at\n  kind: kind\n"
    )
    world.write_feed(feed.format(path="f.ndjson"))
    world.land("f.ndjson", '{"id":"1","at":"2026-06-01T00:00:00Z","kind":"NPS","深":1}\n')
    world.pull()
    world.write_feed(feed.format(path="f.ndjson").replace("kind: kind", "kind: lower(kind)"))
    (load,) = world.replay()
    assert load.accepted == 1
    assert world.query("feedback", "kind, attributes::varchar") == [("nps", '{"深":1}')]

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "at", "kind", "note"], ["2", "2026-06-01T00:00:00Z", "CSAT", "x"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    world.land("f.xlsx", out.getvalue())
    world.write_feed(feed.format(path="f.xlsx"))
    world.pull()
    world.write_feed(feed.format(path="f.xlsx").replace("kind: kind", "kind: lower(kind)"))
    (load,) = world.replay()
    assert (load.accepted, load.quarantined) == (1, 0)
    assert world.query("feedback", "kind, attributes::varchar") == [
        ("nps", '{"深":1}'),
        ("csat", '{"note":"x"}'),
    ]

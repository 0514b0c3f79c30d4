"""Every way a record can break the contract has its own reason; the rest of the file loads."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from orchestration.ingestion.ledger import FileLoad
from tests.unit.ingestion.conftest import HEADER, ORDERS, World

GOOD = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"
Shop = Callable[[str], list[FileLoad]]


@pytest.mark.parametrize(
    ("line", "reason", "column"),
    [
        (b"o2,u1,2026-06-01 12:00:00,paid,x,1.50", "bad_type", "amount"),
        (b"o2,u1,2026-06-01 12:00:00,paid,1_000,1.50", "bad_type", "amount"),
        (b"o2,u1,2026-02-30 12:00:00,paid,2,1.50", "bad_type", "ordered_at"),
        (b"o2,u1,yesterday,paid,2,1.50", "bad_type", "ordered_at"),
        (b"o2,u1,infinity,paid,2,1.50", "bad_type", "ordered_at"),
        (b",u1,2026-06-01 12:00:00,paid,2,1.50", "missing_required", "order_id"),
        (b"  ,u1,2026-06-01 12:00:00,paid,2,1.50", "missing_required", "order_id"),
        (b"o2,u1,,paid,2,1.50", "missing_required", "ordered_at"),
        (b"o2,u1,2026-06-01 12:00:00,shipped,2,1.50", "bad_enum", "status"),
        (b"o2,u1,2026-06-01 12:00:00,paid,99999999999,9999999", "out_of_range", "amount"),
        (b"o2,u1,1066-10-14 09:00:00,paid,2,1.50", "out_of_range", "ordered_at"),
        (b"o2,u1,2099-01-01 00:00:00,paid,2,1.50", "future_timestamp", "ordered_at"),
        (b"o2,u1,1991-04-14 02:30:00,paid,2,1.50", "nonexistent_time", "ordered_at"),
        (b"o2,u1,2026-06-01 12:00:00,paid,2,1.50,7", "too_many_columns", ""),
        (b"o2,u1,2026-06-01 12:00:00,paid,2,1.50,", "too_many_columns", ""),
        (b"o2,u1,2026-06-01 12:00:00,paid,2", "too_few_columns", ""),
        (b'o2,"u1,2026-06-01 12:00:00,paid,2,1.50', "unparsable_line", ""),
        (b'o2,"u"1,2026-06-01 12:00:00,paid,2,1.50', "unparsable_line", ""),
        (b"o2,u\xff,2026-06-01 12:00:00,paid,2,1.50", "bad_encoding", ""),
        (b"o2,u\x001,2026-06-01 12:00:00,paid,2,1.50", "bad_encoding", ""),
        (b"o2," + b"u" * 1_100_000 + b",2026-06-01 12:00:00,paid,2,1.50", "too_long", ""),
    ],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_bad_record_is_refused_alone(
    world: World, line: bytes, reason: str, column: str, place: str
) -> None:
    rows = [GOOD.replace("o1", f"g{i}").encode() for i in range(6)]
    rows.insert({"first": 0, "middle": 3, "last": 6}[place], line + b"\n")
    content = HEADER.encode() + b"".join(rows)
    world.write_feed(ORDERS)
    world.land("orders.csv", content)
    (load,) = world.pull()
    assert (load.physical, load.accepted, load.quarantined, load.duplicate) == (7, 6, 1, 0)
    assert load.reasons == {reason: 1}
    (refused,) = world.refused()
    assert (refused.reason, refused.column) == (reason, column)
    assert refused.offset == content.index(b"\n" + line) + 1
    assert refused.line == content[: refused.offset].count(b"\n") + 1
    assert refused.raw == line[: 1 << 20 | 1]
    assert [row[0] for row in world.query("orders", "order_id")] == [f"g{i}" for i in range(6)]


def test_a_whole_number_is_not_rounded(world: World) -> None:
    world.write_feed(
        """
feed: shop
source: {kind: files, path: items.csv}
entity: order_items
columns: {order_id: o, line_number: n, product_id: p, quantity: q, unit_price: u}
"""
    )
    world.land("items.csv", "o,n,p,q,u\na,1,x,12.7,1\na,2,x,12.0,1\na,3,x,1e3,1\na,-1,x,5,1\n")
    (load,) = world.pull()
    assert load.reasons == {"bad_type": 2, "out_of_range": 1}
    assert world.query("order_items", "line_number, quantity") == [(2, 12)]


def test_a_time_without_a_zone_needs_a_declared_one(world: World) -> None:
    world.write_feed(ORDERS.replace("time_zone: Asia/Shanghai\n", ""))
    world.land("orders.csv", HEADER + GOOD + GOOD.replace("o1", "o2").replace("12:00:00", "12:00:00+08:00"))
    (load,) = world.pull()
    assert load.reasons == {"unknown_time_zone": 1}
    assert [str(row[0]) for row in world.query("orders", "ordered_at")] == ["2026-06-01 04:00:00"]


def test_one_of_two_identifiers_is_enough(world: World) -> None:
    world.write_feed(
        """
feed: shop
source: {kind: files, path: touches.csv}
entity: touches
columns: {campaign_id: c, user_id: u, anonymous_id: a, action: w, occurred_at: t}
"""
    )
    world.land(
        "touches.csv",
        "c,u,a,w,t\nk,u1,,clicked,2026-06-01T00:00:00Z\nk,,a1,clicked,2026-06-01T00:00:00Z\n"
        "k,,,clicked,2026-06-01T00:00:00Z\nk,u2,,seen,2026-06-01T00:00:00Z\n",
    )
    (load,) = world.pull()
    assert load.reasons == {"bad_enum": 1, "missing_required": 1}
    assert load.accepted == 2


def test_a_missing_required_column_refuses_the_file(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", (HEADER + GOOD + GOOD).replace("id,", "number,", 1))
    (load,) = world.pull()
    assert (load.status, load.physical, load.accepted, load.rows) == ("refused", 2, 0, 0)
    assert load.reasons == {"missing_column": 2}
    assert load.missing == ("id",)
    assert [item.raw for item in world.refused()] == [GOOD.strip().encode()] * 2
    assert "no column id" in world.said[-1]
    assert world.pull() == []


def test_a_column_named_twice_is_not_guessed(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", "id,customer,at,state,qty,id\n" + GOOD)
    (load,) = world.pull()
    assert load.reasons == {"missing_column": 1}


def test_columns_match_by_name_and_new_ones_are_kept_and_reported(shop: Shop, world: World) -> None:
    shop(GOOD)
    world.land("orders2.csv", "price,note,qty,state,at,customer,id\n1.50,hi,2,paid,2026-06-01 12:00,u1,o2\n")
    (load,) = world.pull()
    assert load.new_columns == ("note",)
    assert "new columns note" in world.said[-1]
    assert world.query("orders", "order_id, user_id, amount::varchar, attributes::varchar") == [
        ("o1", "u1", "3.0000", None),
        ("o2", "u1", "3.0000", '{"note":"hi"}'),
    ]


def test_an_optional_column_that_is_gone_is_said(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", "id,customer,at,qty,price\no1,u1,2026-06-01 12:00:00,2,1.5\n")
    (load,) = world.pull()
    assert (load.status, load.accepted, load.missing) == ("loaded", 1, ("state",))
    assert "no column state" in world.said[-1]


def test_exact_copies_within_a_file_count_as_duplicates(shop: Shop, world: World) -> None:
    (load,) = shop(GOOD + GOOD + GOOD.replace("paid", "placed") + GOOD)
    assert (load.physical, load.accepted, load.duplicate) == (4, 2, 2)
    assert [row[0] for row in world.query("orders", "_line")] == [2, 4]


PEOPLE = """
feed: people
source: {kind: files, path: "people.csv"}
entity: users
time_zone: UTC
time_formats: ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S"]
columns: {user_id: id, registered_at: at, birth_date: born}
"""
SUBSCRIPTIONS = """
feed: plans
source: {kind: files, path: "plans.csv"}
entity: subscriptions
time_zone: UTC
time_formats: ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S"]
columns: {subscription_id: id, user_id: "'u1'", started_at: at, ended_at: until}
"""
BORN = ["1066-10-14", "1899-12-31", "1900-01-01", "2199-12-31", "2200-01-01", "9999-12-31"]


@pytest.mark.parametrize("formats", [True, False])
@pytest.mark.parametrize("spoilt", ["", "x,2026-06-01 12:00:00,never\n"])
def test_an_impossible_day_that_is_optional_refuses_nothing(world: World, formats: bool, spoilt: str) -> None:
    lines = "".join(f"u{n},2026-06-01 12:00:00,{day}\n" for n, day in enumerate(BORN))
    world.write_feed(PEOPLE if formats else re.sub(r"time_formats.*\n", "", PEOPLE))
    world.land("people.csv", f"id,at,born\n{lines}{spoilt}")
    (load,) = world.pull()
    assert (load.accepted, load.reasons) == (len(BORN), {"bad_type": 1} if spoilt else {})
    assert world.query("users", "birth_date::varchar") == [(day,) for day in BORN]


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("1899-12-31 23:59:59", "out_of_range"),
        ("0001-01-01 00:00:00", "out_of_range"),
        ("2999-12-31 00:00:00", "future_timestamp"),
    ],
)
def test_an_impossible_time_that_is_required_refuses_its_record(shop: Shop, at: str, reason: str) -> None:
    (load,) = shop(GOOD.replace("2026-06-01 12:00:00", at) + GOOD.replace("o1", "o2"))
    assert (load.accepted, load.reasons) == (1, {reason: 1})


TIMES = ["0001-01-01 00:00:00", "1899-12-31 23:59:59", "1900-01-01 00:00:00", "2199-12-31 23:59:59",
    "2200-01-01 00:00:00", "2999-12-31 00:00:00", "9999-12-31 23:59:59"]  # fmt: skip


@pytest.mark.parametrize("formats", [True, False])
@pytest.mark.parametrize("spoilt", ["", "x,2026-06-01 12:00:00,never\n"])
def test_an_impossible_time_that_is_optional_refuses_nothing(
    world: World, formats: bool, spoilt: str
) -> None:
    lines = "".join(f"s{n},2026-06-01 12:00:00,{time}\n" for n, time in enumerate(TIMES))
    feed = SUBSCRIPTIONS if formats else re.sub(r"time_formats.*\n", "", SUBSCRIPTIONS)
    world.write_feed(feed)
    world.land("plans.csv", f"id,at,until\n{lines}{spoilt}")
    (load,) = world.pull()
    assert (load.accepted, load.reasons) == (len(TIMES), {"bad_type": 1} if spoilt else {})
    assert world.query("subscriptions", "ended_at::varchar") == [(time,) for time in TIMES]


@pytest.mark.parametrize(
    ("at", "reasons"),
    [
        ("1899-12-31 23:59:59", {}),
        ("2026-08-01 00:00:00", {"future_timestamp": 1}),
        ("2199-12-31 23:59:59", {"future_timestamp": 1}),
        ("2200-01-01 00:00:00", {}),
    ],
)
def test_a_registration_ahead_waits_for_its_day_unless_no_day_is_its(
    world: World, at: str, reasons: dict[str, int]
) -> None:
    world.write_feed(PEOPLE)
    world.land("people.csv", f"id,at,born\nu1,{at},1990-01-01\nu2,2026-06-01 12:00:00,1990-01-01\n")
    (load,) = world.pull()
    assert load.reasons == reasons
    kept = [] if reasons else [(at,)]
    assert world.query("users", "registered_at::varchar") == [*kept, ("2026-06-01 12:00:00",)]


def test_an_impossible_day_that_is_required_refuses_its_record(world: World) -> None:
    world.write_feed(
        "feed: ads\nsource: {kind: files, path: ads.csv}\nentity: spend\n"
        "columns: {campaign_id: c, spend_date: day, amount: cost, currency: \"'EUR'\"}\n"
    )
    world.land("ads.csv", "c,day,cost\na,1899-12-31,1\na,2026-06-01,1\n")
    (load,) = world.pull()
    assert (load.accepted, load.reasons) == (1, {"out_of_range": 1})

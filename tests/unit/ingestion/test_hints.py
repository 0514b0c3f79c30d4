"""What a file that lacks columns has in their place is told, and no value of any record is."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion import hints
from orchestration.ingestion.ledger import FileLoad
from tests.unit.ingestion.conftest import HEADER, ORDERS, World

GOOD = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"
FEED = """
feed: shop
source: {kind: files, path: "orders*", format: csv, encoding: ENCODING}
entity: orders
time_zone: Asia/Shanghai
columns: {order_id: ID, user_id: WHO, ordered_at: AT, amount: SUM, currency: "'CNY'"}
"""
CHINESE = {"ID": "订单号", "WHO": "客户", "AT": "下单时间", "SUM": "金额"}
GERMAN = {"ID": "Auftrag_Nr", "WHO": "Käufer", "AT": "Zeit", "SUM": "Größe"}
Tell = Callable[[str, str | bytes], str]


@pytest.fixture
def tell(world: World) -> Tell:
    """Load one file by a feed and give the line that is said of it."""

    def told(feed: str, content: str | bytes) -> str:
        world.write_feed(feed)
        world.land("orders.csv", content)
        world.pull()
        (line,) = world.said
        return line

    return told


@pytest.mark.parametrize(
    ("names", "declared", "written", "hint"),
    [
        (CHINESE, "utf-8", "gbk", "gbk"),
        (CHINESE, "utf-8", "gb18030", "gbk"),
        (CHINESE, "utf-8", "utf-16", "utf-16"),
        (CHINESE, "utf-8", "utf-16-le", "utf-16"),
        (CHINESE, "utf-8", "utf-16-be", "utf-16-be"),
        (CHINESE, "latin-1", "gbk", "gbk"),
        (CHINESE, "latin-1", "utf-8", "utf-8"),
        (CHINESE, "gbk", "utf-8", "utf-8"),
        (CHINESE, "utf-16", "utf-8", "utf-8"),
        (CHINESE, "utf-16", "gbk", "gbk"),
        (GERMAN, "utf-8", "cp1252", "cp1252"),
        (GERMAN, "utf-8", "utf-16", "utf-16"),
        (GERMAN, "gbk", "utf-8", "utf-8"),
        (GERMAN, "cp1252", "utf-8", "utf-8"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_encoding_a_header_is_written_in_is_named_and_mends_it(
    world: World, tell: Tell, names: dict[str, str], declared: str, written: str, hint: str, end: str
) -> None:
    feed, header = FEED, "ID,WHO,AT,SUM,备注" if names is CHINESE else "ID,WHO,AT,SUM,Notiz"
    for short, name in names.items():
        feed, header = feed.replace(short, name), header.replace(short, name)
    content = end.join([header, "o1,u1,2026-06-01 12:00:00,5,x", "o2,u2,2026-06-01 12:00:00,6,x", ""])
    said = tell(feed.replace("ENCODING", declared), content.encode(written))
    assert said.startswith("feed shop: orders.csv (orders): ")
    assert "line 1: the file has no column " in said
    assert f"; with `encoding: {hint}` in the feed's source it has" in said
    world.write_feed(feed.replace("ENCODING", hint))
    if world.replay():
        (load,) = world.loads()
        assert (load.accepted, load.quarantined, load.missing) == (2, 0, ())
    else:
        assert said.endswith("; loaded without"), "only a reload reads again what was accepted"


@pytest.mark.parametrize(("mark", "spelt"), [(";", '";"'), ("\t", r'"\t"'), ("|", '"|"')])
def test_the_delimiter_of_a_header_is_named(tell: Tell, mark: str, spelt: str) -> None:
    said = tell(ORDERS, (HEADER + GOOD).replace(",", mark))
    assert f"; with `delimiter: {spelt}` in the feed's source it has; correct the feed, then replay" in said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            "ID,customer,at,state,qty,price",
            "column id; the nearest to id is ID; it has ID, customer, at, state",
        ),
        ("id,customer,At,state,qty,price", "column at; the nearest to at is At; it has id, customer, At"),
        ("id,custmer,at,state,qty,price", "column customer; the nearest to customer is custmer; it has id"),
        ("number,customer,at,state,qty,price", "column id; it has number, customer, at, state, qty, price;"),
        ("id,id,at,state,qty,price", "column customer, id; its header names id more than once;"),
    ],
)
def test_what_the_file_has_and_what_is_nearest_is_named(tell: Tell, found: str, said: str) -> None:
    assert said in tell(ORDERS, f"{found}\n{GOOD}")


def test_blank_lines_above_a_header_count(tell: Tell) -> None:
    assert "line 3: the file has no column id;" in tell(ORDERS, "\n\n" + HEADER.replace("id,", "nr,") + GOOD)


def test_a_wide_file_makes_a_short_line(tell: Tell) -> None:
    wide = ",".join(["customer,at,state,qty,price", "x" * 900, *(f"c{n}" for n in range(900))])
    said = tell(ORDERS, f"{wide}\n{GOOD}")
    assert "and 896 more" in said
    assert len(said) < 400


@pytest.mark.parametrize(
    "first",
    [
        GOOD.replace("u1", "Ann Lee"),
        "Ann Lee,ann@example.com,+86 138 0013 8000,paid,x,y\n",
        # A value may be spelt like a column; the others are still values.
        "Ann Lee,ann@example.com,2026-06-01,state,2,3\n",
        "Ann Lee;ann@example.com;x;y\n",
    ],
)
def test_no_value_of_a_record_that_was_taken_for_a_header_is_told(tell: Tell, first: str) -> None:
    said = tell(ORDERS, first + GOOD)
    assert "refused whole" in said
    assert not any(value in said for value in ("Ann", "ann@", "138", "2026", "paid"))


def test_of_a_file_that_carries_its_schema_the_columns_are_named(world: World) -> None:
    world.write_feed(ORDERS.replace("orders*", "orders.parquet").replace("format: csv", "format: parquet"))
    table = duckdb.sql("select 'o1' as Id, 'u1' as customer, '2026' as \"2026-01-01\"").to_arrow_table()
    pq.write_table(table, world.landing / "orders.parquet")
    world.pull()
    (said,) = world.said
    assert said == (
        "feed shop: orders.parquet (orders): refused whole: missing_column 1; the file has no column at, id, "
        "price, qty, state; the nearest to id is Id; it has 2026-01-01, Id, customer; "
        "correct the feed, then replay"
    )


def test_a_file_that_lacks_nothing_has_no_hint(shop: Callable[[str], list[FileLoad]], world: World) -> None:
    (load,) = shop(GOOD)
    (feed,) = world.feeds()
    assert hints.of(feed, load) == ""


@pytest.mark.parametrize("size", range(1, 9))
def test_a_file_that_is_cut_off_within_a_line_end_is_refused_and_stops_no_night(
    world: World, size: int
) -> None:
    world.write_feed(ORDERS.replace("format: csv", "format: csv, encoding: utf-16"))
    for order in ("le", "be"):
        content = (HEADER + GOOD).encode(f"utf-16-{order}")
        world.land(f"orders_{order}.csv", content[:-size])
    world.pull()
    for load in world.loads():
        assert load.physical == load.accepted + load.quarantined + load.duplicate

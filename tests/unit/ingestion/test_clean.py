"""A file read in one pass gives what the careful way gives, to the byte; what is not clean goes there."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ingestion import engine, judge
from orchestration.ingestion.reading import Reading
from tests.unit.ingestion.conftest import AS_OF, World
from tests.unit.ingestion.two_ways import DAYS, ODD_DAYS, ORDERS, PACK, PRODUCTS, agree, outcomes

FEED = """
feed: shop
source: {{kind: files, path: "orders*", format: csv, encoding: {encoding}}}
entity: {entity}
{zone}
columns: {columns}
"""
# Without a key of its own an event's is made of all it says.
EVENTS = "{event_name: id, user_id: who, occurred_at: at, value: amount}"
CONSENTS = "{user_id: who, purpose: why, changed_at: at, status: state}"
HEADER = "id,who,at,amount,note"
TWICE = ("id,who,at,amount,id", "id,who,at,amount,at", "id,who,at,amount,amount")
WHO = ("u1", "", '"u,1"', '"u\n1"', '"u""1"', ' "u"', 'u"1', " u1 ", "张", "a\rb", "=1+1", "\x01")
ODD_LINES = ("", "  ", ",,,,", "o,u", "o,u,2026-05-04T10:00:00Z,1,n,more", '"open,u', "\0,a,b,c,d", "x" * 300)
AMOUNTS = ("1", "12.50", "1e3", ".5", "-1", "12.7x", "99999999999999999999", "", ".", "1e0001", "1_0", " 1 ")

row = st.tuples(
    st.integers(0, 5).map(lambda n: f"o{n}"),
    st.one_of(st.just("u1"), st.sampled_from(WHO)),
    st.one_of(st.sampled_from(DAYS), st.just(DAYS[0]), st.sampled_from(ODD_DAYS)),
    st.sampled_from(AMOUNTS),
    st.sampled_from(("", "n", "后", '"x, y"')),
).map(",".join)
clean_row = st.tuples(
    st.integers(0, 10**6).map(lambda n: f"o{n}"),
    st.sampled_from(("u1", "", "张", '"u,1"')),
    st.sampled_from(DAYS[:2]),
    st.sampled_from(("1", "12.50", "-1", "+.5", "7.", "1.50000", "1.00005")),
    st.sampled_from(("", "n", "n")),
).map(",".join)
body = st.one_of(
    st.lists(clean_row, max_size=12, unique=True),
    st.lists(st.one_of(clean_row, row, st.sampled_from(ODD_LINES)), max_size=8),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=body,
    end=st.sampled_from(("\n", "\n", "\r\n", "\r")),
    last=st.sampled_from(("\n", "", "\n\n")),
    start=st.sampled_from(("", "", "\ufeff", "\n")),
    encoding=st.sampled_from(("utf-8", "utf-8", "utf-8-sig", "gbk", "utf-16")),
    zone=st.sampled_from(("", "time_zone: Asia/Shanghai", "time_zone: Europe/Berlin")),
    packed=st.sampled_from(("", "", ".gz", ".zst")),
    header=st.sampled_from((HEADER, HEADER, "who,id,amount,at,note,", "id,at,amount", *TWICE)),
    entity=st.sampled_from(("orders", "events", "products")),
    torn=st.sampled_from((b"", b"", b"", b"\xff\xfe", b"\xe5\xbc")),
)
def test_one_pass_and_the_careful_way_write_the_same_bytes(
    lines: list[str],
    end: str,
    last: str,
    start: str,
    encoding: str,
    zone: str,
    packed: str,
    header: str,
    entity: str,
    torn: bytes,
) -> None:
    columns = {"orders": ORDERS, "events": EVENTS, "products": PRODUCTS}[entity]
    feed = FEED.format(encoding=encoding, entity=entity, zone=zone, columns=columns)
    text = start + end.join([header, *lines]) + last.replace("\n", end)
    content = text.encode(encoding, errors="replace") + torn
    agree(feed, {f"orders.csv{packed}": PACK[packed](content)})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    bodies=st.lists(body, min_size=2, max_size=4),
    headers=st.lists(st.sampled_from((HEADER, HEADER, "who,id,amount,at,note")), min_size=4, max_size=4),
    packed=st.sampled_from(("", ".gz")),
    encoding=st.sampled_from(("utf-8", "gbk")),
    zone=st.sampled_from(("", "time_zone: Europe/Berlin")),
    entity=st.sampled_from(("orders", "products")),
)
def test_files_read_together_come_to_what_each_comes_to_by_itself(
    bodies: list[list[str]], headers: list[str], packed: str, encoding: str, zone: str, entity: str
) -> None:
    columns = ORDERS if entity == "orders" else PRODUCTS
    feed = FEED.format(encoding=encoding, entity=entity, zone=zone, columns=columns)
    texts = ["\n".join([header, *lines, ""]) for header, lines in zip(headers, bodies, strict=False)]
    agree(
        feed,
        {f"orders_{n}.csv{packed}": PACK[packed](text.encode(encoding)) for n, text in enumerate(texts)},
    )


@pytest.mark.parametrize("header", TWICE)
def test_a_column_named_twice_is_read_in_no_way(header: str) -> None:
    feed = FEED.format(encoding="utf-8", entity="products", zone="", columns=PRODUCTS)
    agree(feed, {"orders.csv": f"{header}\no1,Cup,2026-05-04T10:00:00Z,1.50,2\n".encode()})


QUICK = "o1,u1,2026-05-04T10:00:00Z,1,n\no2,,2026-05-04T10:00:00Z,2,\n"
MANY = "".join(QUICK.replace("o1", f"o1{n}").replace("o2", f"o2{n}") for n in range(10))


@pytest.mark.parametrize(
    ("body", "is_quick"),
    [
        (QUICK, True),
        (QUICK.replace("\n", "\r\n"), True),
        (QUICK.removesuffix("\n"), True),
        (QUICK + "\n\n", True),
        (QUICK.replace("u1", '"u,1"'), True),
        (QUICK.replace("Z", ""), True),
        (QUICK.replace("u1", '"u\n1"'), False),
        (QUICK + QUICK, False),
        (QUICK + "\n" + QUICK.replace("o", "p"), False),
        (QUICK.replace(",2,", ",two,"), False),
        (QUICK.replace("o2", ""), False),
        (QUICK.replace("2026", "2027"), False),
        (",,,,\n" + QUICK, False),
        # Of twenty records two may be refused or copies of others, three are too many.
        (MANY + QUICK.replace(",2,", ",two,"), True),
        (MANY.replace("o23", ""), True),
        (MANY.replace("u1,2026", "u1,2027", 2), True),
        (MANY.replace("u1,2026", "u1,2027", 3), False),
        (MANY + MANY[:32], True),
        (",,,,\n" + MANY + QUICK.replace("u1", '"u,1"'), True),
        (MANY + QUICK.replace("u1", '"u\n1"'), False),
    ],
)
def test_only_a_file_with_little_to_refuse_is_read_in_one_pass(
    world: World, monkeypatch: pytest.MonkeyPatch, body: str, is_quick: bool
) -> None:
    found = outcomes(monkeypatch)
    zone = "time_zone: Asia/Shanghai"
    world.write_feed(FEED.format(encoding="utf-8", entity="orders", zone=zone, columns=ORDERS))
    world.land("orders.csv", HEADER + ("\r\n" if "\r" in body else "\n") + body)
    world.pull()
    assert found == [is_quick]


def test_a_file_declared_to_begin_with_a_mark_has_its_first_record_after_its_header(world: World) -> None:
    # The encoding puts its mark before any text, the line end among it: no line would ever end.
    world.write_feed(FEED.format(encoding="utf-8-sig", entity="orders", zone="", columns=ORDERS))
    world.land("orders.csv", ("\ufeff" + HEADER + "\no1,u1,2026-06-01T12:00:00Z,1,n\no2\n").encode())
    (load,) = world.pull()
    assert (load.physical, load.accepted, load.quarantined) == (2, 1, 1)
    assert world.query("orders", "order_id, _line") == [("o1", 2)]


def test_no_join_is_made_of_an_enum_which_would_shuffle_the_rows(world: World) -> None:
    world.write_feed(FEED.format(encoding="utf-8", entity="consents", zone="", columns=CONSENTS))
    (feed,) = world.feeds()
    mapped = feed.targets["consents"]
    with engine.scratch(world.data) as (connection, _):
        connection.execute(
            "create temp table source as select 1::bigint as _line, 1::bigint as _span, 'a' as c0"
        )
        reading = Reading(dict.fromkeys(("who", "why", "at", "state"), "c0"))
        rows = judge.judged(connection, reading, feed, mapped, AS_OF)
        plan = connection.execute(f"explain {rows}").fetchall()[0][1]
    assert "JOIN" not in plan, plan

"""JSON read in one pass, packed or not, for one entity or two, gives what the careful way gives."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ingestion.conftest import World
from tests.unit.ingestion.two_ways import DAYS, ODD_DAYS, ORDERS, PACK, PRODUCTS, agree, outcomes

JSON_FEED = """
feed: shop
source: {{kind: files, path: "orders*", format: ndjson}}
{entities}
"""
ONE = "entity: orders\ncolumns: " + ORDERS
TWO = "entities: {orders: {columns: " + ORDERS + "}, users: {columns: {user_id: who, name: note.name}}}"
OTHER = "entity: products\ntime_zone: Europe/Berlin\ncolumns: " + PRODUCTS
json_record = st.fixed_dictionaries(
    {
        "id": st.one_of(
            st.integers(0, 10**6).map(lambda n: f"o{n}"), st.sampled_from(("", None, 7, 1.5, True))
        )
    },
    optional={
        "who": st.sampled_from(("u1", "u2", "", None, "张\u2028", "a,b", 'q"', "\x01", "nan", 12)),
        "at": st.sampled_from((*DAYS[:2], *DAYS[:2], *ODD_DAYS)),
        "amount": st.sampled_from((1, 12.5, "3", "x", 10**25, None)),
        "note": st.sampled_from(("n", {"name": "Li"}, {"deep": [1, None]}, [], "NaN", ", }")),
        "more": st.integers(0, 2),
    },
)
clean_json = st.builds(
    lambda n, who: {
        "id": f"o{n}",
        "who": who,
        "at": DAYS[0],
        "amount": 1,
        "note": {"name": "Li"},
        "more": who,
    },
    st.integers(0, 10**6),
    st.sampled_from(("u1", "张")),
)
JSON_LINES = ("", " ", "{", "[1]", "null", '{"id":"o1",}', '{"id":NaN}', '{"id":NAN}', '{"id":"a","id":"b"}',
    "\0", "{}\x01", "\ufeff{}", '{"a":"\r"}', "x" * 300)  # fmt: skip
json_body = st.one_of(
    st.lists(clean_json.map(json.dumps), max_size=8),
    st.lists(st.one_of(clean_json.map(json.dumps), json_record.map(json.dumps), st.sampled_from(JSON_LINES))),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    bodies=st.lists(json_body, min_size=1, max_size=3),
    end=st.sampled_from(("\n", "\n", "\r\n")),
    packed=st.sampled_from(("", ".gz", ".zst")),
    entities=st.sampled_from((ONE, TWO, OTHER)),
    torn=st.sampled_from((b"", b"", b"\xff\xfe")),
)
def test_one_pass_and_the_careful_way_write_the_same_bytes_of_json(
    bodies: list[list[str]], end: str, packed: str, entities: str, torn: bytes
) -> None:
    texts = [(end.join([*body, ""])).encode() for body in bodies]
    texts[-1] += torn
    files = {f"orders_{n}.ndjson{packed}": PACK[packed](text) for n, text in enumerate(texts)}
    agree(JSON_FEED.format(entities=entities), files)


RECORD = '{"id": "o1", "who": "u1", "at": "2026-05-04T10:00:00Z", "amount": 1}\n'


@pytest.mark.parametrize(
    ("lines", "suffix", "entities", "is_quick"),
    [
        (RECORD + RECORD.replace("o1", "o2"), "", ONE, True),
        (RECORD.removesuffix("\n"), ".gz", ONE, True),
        (RECORD.replace("\n", "\r\n") + RECORD.replace("o1", "o2"), ".zst", ONE, True),
        (RECORD.replace("u1", "张"), "", TWO, True),
        (RECORD + RECORD.replace("o1", "o2"), "", TWO, True),
        (RECORD + RECORD, "", ONE, False),
        (RECORD + RECORD, "", TWO, False),
        (RECORD + RECORD.replace('"who": "u1"', '"who": null').replace("o1", "o2"), "", TWO, False),
        (RECORD + "\n", "", ONE, True),
        (RECORD + "[1]\n", ".gz", ONE, True),
        (RECORD.replace("1}", "NaN}"), "", ONE, False),
        (RECORD.replace("1}", "NAN}"), "", ONE, False),
        (RECORD.replace("1}", "1, }"), "", ONE, False),
        (RECORD.replace("u1", "\0"), "", ONE, False),
        (RECORD.replace("u1", "u\r1"), "", ONE, False),
        (RECORD.replace("2026", "2027"), "", ONE, False),
        ("", "", ONE, False),
    ],
)
def test_only_json_with_little_to_refuse_is_read_in_one_pass(
    world: World, monkeypatch: pytest.MonkeyPatch, lines: str, suffix: str, entities: str, is_quick: bool
) -> None:
    found = outcomes(monkeypatch)
    world.write_feed(JSON_FEED.format(entities=entities))
    world.land(f"orders.ndjson{suffix}", PACK[suffix](lines.encode()))
    world.pull()
    assert found == [is_quick]


def test_a_file_cut_off_in_its_archive_is_refused_and_nothing_of_it_is_left(world: World) -> None:
    world.write_feed(JSON_FEED.format(entities=TWO))
    world.land("orders.ndjson.gz", gzip.compress(RECORD.encode())[:-9])
    assert [(load.physical, load.quarantined, load.rows) for load in world.pull()] == [(1, 1, 0)] * 2
    assert not list(world.data.rglob("*.tmp"))

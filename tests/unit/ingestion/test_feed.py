"""A wrong feed is refused when it is read, with the file, the line and the fix."""

from __future__ import annotations

import pytest

from orchestration.ingestion.errors import FeedError
from tests.unit.ingestion.conftest import ORDERS, World


def test_a_feed_says_what_it_delivers(world: World) -> None:
    world.write_feed(ORDERS)
    (feed,) = world.feeds()
    assert (feed.name, feed.entities, feed.source.kind, feed.source.format) == (
        "shop",
        ["orders"],
        "files",
        "csv",
    )
    assert feed.max_quarantine_share == 0.05


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("  currency: \"'CNY'\"\n", ""), 5 + 1, "orders needs currency"),
        (("amount: qty", "amonut: qty"), 10 + 1, "orders has no column 'amonut'"),
        (("entity: orders", "entity: invoices"), 4, "no entity 'invoices'"),
        (("Asia/Shanghai", "Asia/Peking"), 5, "'Asia/Peking' is not an IANA time zone"),
        (("time_zone:", "timezone:"), 5, "unknown key 'timezone'"),
        (("format: csv", "format: csv, delimeter: ;"), 3, "known here are columns, compression, delimiter,"),
        (("qty * price", "sum(qty)"), 11, "'sum' is not allowed"),
        (("qty * price", "(select 1)"), 11, "not allowed"),
        (("qty * price", "qty *"), 11, "is not an SQL expression"),
        (("qty * price", "read_text('/etc/passwd')"), 11, "not allowed"),
        (("format: csv", "format: xml"), 3, "Input should be"),
        (("kind: files", "kind: ftp"), 3, "kind 'ftp' is not supported"),
        (("format: csv", "format: csv, encoding: utf-99"), 3, "'utf-99' is not an encoding"),
        (("format: csv", "format: csv, columns: [id, at]"), 7, "the source has no column"),
        (("feed: shop", "feed: Shop/../x"), 2, "feed name"),
        (("state\n", "state\n  status: other\n"), 11, "'status' is given twice"),
        (("feed: shop", "feed: !!python/object/apply:os.system [id]"), 2, "not allowed"),
        (("entity: orders", "entity: &a orders\ndescription: *a"), 5, "anchors are not supported"),
        (("qty * price", "'open"), 11, "not valid YAML"),
        (("time_zone: Asia", "time_formats: ['%Q']\ntime_zone: Asia"), 5, "'%Q'"),
    ],
)
def test_an_error_names_the_file_the_line_and_the_fix(
    world: World, change: tuple[str, str], line: int, said: str
) -> None:
    assert change[0] in ORDERS
    world.write_feed(ORDERS.replace(*change, 1))
    with pytest.raises(FeedError) as caught:
        world.feeds()
    assert said in str(caught.value)
    assert caught.value.file == "feeds/feed.yml"
    assert abs(caught.value.line - line) <= 1, str(caught.value)
    assert caught.value.fix


def test_two_feeds_of_one_name_are_refused(world: World) -> None:
    world.write_feed(ORDERS, "a.yml")
    world.write_feed(ORDERS, "b.yml")
    with pytest.raises(FeedError, match=r"feeds/b.yml, line 2: feed 'shop' is also in feeds/a.yml"):
        world.feeds()


def test_grouping_needs_its_key(world: World) -> None:
    world.write_feed(
        """
feed: shop
source: {kind: files, path: a.csv}
entity: order_items
one_row_per_key: true
columns: {order_id: o, product_id: p, quantity: q, unit_price: u}
"""
    )
    with pytest.raises(FeedError, match="the key line_number is not mapped"):
        world.feeds()

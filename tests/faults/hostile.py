"""Hostile payloads: what is capped or refused, run by nobody, and read from nowhere else.

A canary lies outside the landing folder and another is what a payload would make. The first is never
read, the second never there; memory and disk stay within bounds.
"""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from orchestration import tenant
from orchestration.errors import Unusable
from tests.faults.row import Harm, Try
from tests.unit.ingestion.conftest import HEADER, ORDERS, World

SECRET = "canary-of-another-folder"
LINE = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"
FEED_PATH = "${LANDING}/orders*"
MAX_STATE = 64 << 20


@dataclass(frozen=True)
class Payload:
    """Something hostile, and what must come of it: `refused` or so many accepted records."""

    name: str
    plant: Callable[[World], None]
    accepted: int | None = None


def _file(content: bytes | str, name: str = "orders.csv") -> Callable[[World], None]:
    def plant(world: World) -> None:
        world.land(name, content)

    return plant


def _feed(old: str, new: str) -> Callable[[World], None]:
    def plant(world: World) -> None:
        world.write_feed(ORDERS.replace(old, new).replace("MADE", str(world.root / "made")))
        world.land("orders.csv", HEADER + LINE)

    return plant


def _link(world: World) -> None:
    os.symlink(world.root / "secret.csv", world.landing / "orders.csv")


def _linked_folder(world: World) -> None:
    (world.root / "elsewhere").mkdir()
    (world.root / "elsewhere" / "orders.csv").write_text(HEADER + LINE.replace("u1", SECRET))
    os.symlink(world.root / "elsewhere", world.landing / "orders_dir")
    world.write_feed(ORDERS.replace(FEED_PATH, "${LANDING}/orders_dir/orders.csv"))


def _tenant(file: str, text: str) -> Callable[[World], None]:
    def plant(world: World) -> None:
        world.write_feed(ORDERS)
        (world.root / file).write_text(text.replace("MADE", str(world.root / "made")))
        tenant.load(str(world.root))

    return plant


def _bomb(world: World) -> None:
    world.land("orders.csv.gz", gzip.compress(b"0" * (400 << 20)))


def _zst_bomb(world: World) -> None:
    world.land("orders.csv.zst", zstandard.ZstdCompressor().compress(b"0" * (400 << 20)))


def _workbook_bomb(world: World) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (400 << 20))
    world.write_feed(ORDERS.replace("format: csv", "format: excel"))
    world.land("orders.xlsx", packed.getvalue())


ONE, NONE_IN = 1, 0
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nname: *b\n"
RUNS = "name: !!python/object/new:os.system ['touch MADE']\n"
ZONE = 'business_time_zone: "UTC\'; drop table x; --"\n'
QUOTED = HEADER.strip() + ',"x""; drop table source; --"\n' + LINE.strip() + ",1\n"
WIDE = ",".join(f"c{i}" for i in range(100_000)) + "\n" + LINE
PAYLOADS = (
    Payload("a gz bomb", _bomb, NONE_IN),
    Payload("a zst bomb", _zst_bomb, NONE_IN),
    Payload("a workbook that is a bomb", _workbook_bomb, NONE_IN),
    Payload("a line of 10 MB", _file(HEADER + "o2," + "u" * (10 << 20) + LINE[5:] + LINE), ONE),
    Payload("a file of NULs", _file(b"\0" * 100_000), NONE_IN),
    Payload("UTF-16 for UTF-8", _file((HEADER + LINE).encode("utf-16")), NONE_IN),
    Payload("GBK for UTF-8", _file((HEADER + LINE.replace("u1", "王小明") + LINE).encode("gbk")), ONE),
    Payload("a million quotes", _file(HEADER + '"' * 1_000_000 + "\n" + LINE), ONE),
    Payload("a hundred thousand columns", _file(WIDE), NONE_IN),
    Payload("a deep document", _file("[" * 100_000 + "\n", "orders.csv"), NONE_IN),
    Payload("SQL in a value", _file(HEADER + LINE.replace("u1", "'); copy (select 1) to 'MADE'; --")), ONE),
    Payload("SQL in a column name", _file(QUOTED), ONE),
    Payload("SQL in a file name", _file(HEADER + LINE, "orders'); drop table x; --.csv"), ONE),
    Payload("a pattern in a file name", _file(HEADER + LINE, "orders_[*]?.csv"), ONE),
    Payload("a path upwards", _feed(FEED_PATH, "${LANDING}/../secret.csv")),
    Payload("a path upwards within", _feed(FEED_PATH, "a/../../secret.csv")),
    Payload("an absolute path", _feed(FEED_PATH, "/etc/passwd")),
    Payload("a variable in a path", _feed(FEED_PATH, "$HOME/secret.csv")),
    Payload("a web address", _feed(FEED_PATH, "https://example.test/x.csv")),
    Payload("an object store", _feed(FEED_PATH, "s3://bucket/x.csv")),
    Payload("a link outwards", _link),
    Payload("a folder that is a link outwards", _linked_folder),
    Payload(
        "a file read by an expression", _feed("qty * price", "(select content from read_text('/etc/passwd'))")
    ),
    Payload("a function that reads", _feed("qty * price", "getenv('HOME')")),
    Payload("two statements in an expression", _feed("qty * price", "1; copy (select 1) to 'MADE'")),
    Payload("a comment in an expression", _feed("qty * price", "qty /* */ -- price"), ONE),
    Payload(
        "a YAML tag in a feed", _feed("feed: shop", "feed: !!python/object/apply:os.system ['touch MADE']")
    ),
    Payload(
        "a YAML tag in the settings",
        _tenant("settings.yml", RUNS),
    ),
    Payload("billion laughs", _tenant("settings.yml", LAUGHS)),
    Payload(
        "SQL in the name of a zone",
        _tenant("settings.yml", 'business_time_zone: "UTC\'; drop table x; --"\n'),
    ),
    Payload(
        "SQL in a funnel's event", _tenant("funnels.yml", 'funnels: [{name: "a\'; drop table x; --"}]\n')
    ),
)


def tries() -> Iterator[Try]:
    """Every payload in a world of its own."""
    for payload in PAYLOADS:
        yield payload.name, _of(payload)


def _of(payload: Payload) -> frozenset[Harm]:
    harm: set[Harm] = set()
    with tempfile.TemporaryDirectory() as root:
        world = World(Path(root))
        world.landing.mkdir()
        world.write_feed(ORDERS)
        (world.root / "secret.csv").write_text(HEADER + LINE.replace("u1", SECRET))
        accepted: int | None
        try:
            payload.plant(world)
            accepted = sum(load.accepted for load in world.pull())
        except Unusable:
            accepted = None
        kept = [path for path in world.data.rglob("*") if path.is_file()]
        if (world.root / "made").exists() or any(SECRET.encode() in path.read_bytes() for path in kept):
            harm.add("torn")
        if accepted != payload.accepted or sum(path.stat().st_size for path in kept) > MAX_STATE:
            harm.add("stuck")
        if (
            payload.accepted
            and accepted
            and any(SECRET in str(row) for row in world.query("orders", "user_id, attributes::varchar"))
        ):
            harm.add("torn")
    return frozenset(harm)

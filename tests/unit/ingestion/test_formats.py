"""The same records give the same rows, whatever they are written in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
import zstandard

from orchestration.ingestion import unpack
from tests.unit.ingestion.conftest import World

FEED = """
feed: shop
source: {{kind: files, path: "users*", format: {format}, {options}}}
entity: users
time_zone: Europe/London
columns: {{user_id: id, name: 姓名, registered_at: since, birth_date: born, country: land,
  deleted_at: closed}}
"""
RECORDS = [
    ("u1", "王 小明", "2026-03-01 10:00:00", "1990-05-01", "CN", "gold", "2999-12-31 12:00:00"),
    ("u2", 'O"Hara, Ann', "2026-06-01 10:00:00", "", "GB", "", "0001-01-01 00:00:00"),
    ("u3", "line\nend", "2026-06-01 10:00:00", "2001-12-31", "", "12", ""),
]
NAMES = ("id", "姓名", "since", "born", "land", "level", "closed")
EXPECTED = [
    ("u1", "王 小明", "2026-03-01 10:00:00", "1990-05-01", "CN", '{"level":"gold"}', "2999-12-31 12:00:00"),
    ("u2", 'O"Hara, Ann', "2026-06-01 09:00:00", None, "GB", None, "0001-01-01 00:00:00"),
    ("u3", "line\nend", "2026-06-01 09:00:00", "2001-12-31", None, '{"level":"12"}', None),
]


def as_csv(delimiter: str = ",", end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([NAMES, *RECORDS])
    return text.getvalue()


def as_ndjson() -> str:
    records = [{n: v for n, v in zip(NAMES, r, strict=True) if v != "" or n == "born"} for r in RECORDS]
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def excel() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(NAMES)
    for i, n, since, born, land, level, closed in RECORDS:
        birth = datetime.fromisoformat(born) if born else None
        number = int(level) if level.isdigit() else level or None
        # A cell holds no day before 1900 but as text.
        end = datetime.fromisoformat(closed) if closed > "1900" else closed or None
        sheet.append([i, n, datetime.fromisoformat(since), birth, land or None, number, end])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(tmp_path: Path) -> bytes:
    target = tmp_path / "made.parquet"
    listed = ", ".join(
        f"('{i}', '{n.replace(chr(39), chr(39) * 2)}', timestamp '{s}', "
        f"{f'date {chr(39)}{b}{chr(39)}' if b else 'null'}, nullif('{c}', ''), nullif('{lv}', ''), "
        f"{f'timestamp {chr(39)}{e}{chr(39)}' if e else 'null'})"
        for i, n, s, b, c, lv, e in RECORDS
    )
    names = ", ".join(f'"{name}"' for name in NAMES)
    duckdb.execute(f"copy (select * from (values {listed}) as t({names})) to '{target}' (format parquet)")
    return target.read_bytes()


def rows(world: World) -> list[tuple[object, ...]]:
    columns = "user_id, name, registered_at::varchar, birth_date::varchar, country, attributes::varchar, "
    columns += "deleted_at::varchar"
    return world.query("users", columns)


@pytest.mark.parametrize(
    ("name", "options", "content"),
    [
        ("users.csv", "", as_csv().encode()),
        ("users.csv", "", as_csv().encode("utf-8-sig")),
        ("users.csv", "", as_csv(end="\r\n").encode()),
        ("users.csv", "", as_csv().rstrip("\n").encode()),
        ("users.csv", "", (as_csv() + "\n\n\n").encode()),
        ("users.csv", "", as_csv().replace("\nu2", "\n\nu2").encode()),
        ("users.tsv", 'delimiter: "\\t"', as_csv("\t").encode()),
        ("users.csv", "encoding: gbk", as_csv().encode("gbk")),
        ("users.csv", "encoding: gb18030", as_csv().encode("gb18030")),
        ("users.csv", "encoding: utf-16", as_csv().encode("utf-16")),
        ("users.csv", "encoding: utf-16-be", as_csv().encode("utf-16-be")),
        ("users.csv.gz", "", gzip.compress(as_csv().encode(), mtime=0)),
        ("users.csv.zst", "", zstandard.compress(as_csv().encode())),
        ("users.csv.gz", "encoding: gbk", gzip.compress(as_csv().encode("gbk"), mtime=0)),
        ("users.ndjson", "", as_ndjson().encode()),
        ("users.ndjson", "", as_ndjson().replace("\n", "\r\n").encode()),
        ("users.ndjson", "", ("\ufeff" + as_ndjson() + "\n \n").encode()),
        ("users.ndjson", "encoding: gbk", as_ndjson().encode("gbk")),
        ("users.ndjson", "encoding: utf-16", as_ndjson().encode("utf-16")),
        ("users.ndjson.zst", "", zstandard.compress(as_ndjson().encode())),
        ("users.xlsx", "", excel()),
    ],
)
def test_every_format_gives_the_same_rows(world: World, name: str, options: str, content: bytes) -> None:
    kind = {".csv": "csv", ".tsv": "csv", ".ndjson": "ndjson", ".xlsx": "excel"}[
        Path(name.removesuffix(".gz").removesuffix(".zst")).suffix
    ]
    world.write_feed(FEED.format(format=kind, options=options).replace(", }", "}"))
    world.land(name, content)
    (load,) = world.pull()
    assert (load.physical, load.accepted, load.reasons) == (3, 3, {})
    assert rows(world) == EXPECTED


def test_parquet_gives_the_same_rows(world: World, tmp_path: Path) -> None:
    world.write_feed(FEED.format(format="parquet", options="").replace(", }", "}"))
    world.land("users.parquet", parquet(tmp_path))
    (load,) = world.pull()
    assert (load.physical, load.accepted) == (3, 3)
    assert rows(world) == EXPECTED


def test_lone_carriage_returns_end_lines_too(world: World) -> None:
    world.write_feed(FEED.format(format="csv", options="").replace(", }", "}"))
    world.land("users.csv", "id,姓名,since,born,land\ru1,A,2026-06-01,,CN\ru2,B,2026-06-01,,CN\r")
    (load,) = world.pull()
    assert (load.physical, load.accepted) == (2, 2)


def test_a_path_reaches_into_nested_json(world: World) -> None:
    world.write_feed(
        """
feed: shop
source: {kind: files, path: track.ndjson}
entity: events
columns:
  event_name: event
  occurred_at: timestamp
  user_id: userId
  page_url: context.page.url
  value: properties.revenue * 2
  item_id: properties ->> '$.products[0].id'
  properties: properties
"""
    )
    event = {
        "event": "buy",
        "timestamp": "2026-06-01T10:00:00.250+02:00",
        "userId": 7,
        "context": {"page": {"url": "https://x.test/a"}},
        "properties": {"revenue": 1.25, "products": [{"id": "p9"}]},
        "integrations": {"All": True},
    }
    world.land("track.ndjson", json.dumps(event) + "\n" + json.dumps(event | {"userId": 8}) + "\n")
    (load,) = world.pull()
    assert load.accepted == 2, load
    found = world.query(
        "events",
        "user_id, page_url, value::varchar, item_id, occurred_at::varchar, length(event_id), "
        "properties ->> '$.integrations.All', properties ->> '$.revenue'",
    )
    assert found[0] == ("7", "https://x.test/a", "2.5000", "p9", "2026-06-01 08:00:00.25", 32, "true", "1.25")
    assert len({row[0] for row in world.query("events", "event_id")}) == 2


@pytest.mark.parametrize(
    "line",
    ["{", "", "null", "[1]", '"text"', '{"a":1}}', '{"id":"x",}', '{"id":NaN}', "{'id':1}", '{"id":"\x01"}'],
)
def test_a_line_that_is_no_json_object_is_refused_alone(world: World, line: str) -> None:
    world.write_feed(
        "feed: shop\nsource: {kind: files, path: u.ndjson}\nentity: users\ncolumns: {user_id: id}\n"
    )
    content = '{"id":"a"}\n' + line + '\n{"id":"b"}\n'
    world.land("u.ndjson", content)
    (load,) = world.pull()
    assert [row[0] for row in world.query("users", "user_id")] == ["a", "b"]
    if line:
        assert load.reasons == {"unparsable_line": 1}
        (refused,) = world.refused()
        assert (refused.line, refused.offset, refused.raw) == (2, 11, line.encode())
    else:
        assert (load.physical, load.blank_lines) == (2, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("users.csv.gz", gzip.compress(b"id,name\n" * 100, mtime=0)[:20]),
        ("users.csv.zst", zstandard.compress(b"id,name\n" * 100)[:20]),
        ("users.csv.zst", b"not an archive"),
        ("users.parquet", b"PAR1 nonsense"),
        ("users.xlsx", b"PK nonsense"),
        ("users.csv.gz", gzip.compress(b"a" * (80 << 20), mtime=0)),
    ],
)
def test_a_damaged_file_is_refused_whole_as_one_record(world: World, name: str, content: bytes) -> None:
    world.write_feed(
        f'feed: shop\nsource: {{kind: files, path: "{name}"}}\nentity: users\ncolumns: {{user_id: id}}\n'
    )
    world.land(name, content)
    (load,) = world.pull()
    assert (load.status, load.physical, load.quarantined) == ("refused", 1, 1)
    assert set(load.reasons) <= {"unreadable_file", "too_large"}
    assert world.pull() == []


def test_a_file_that_does_not_fit_into_memory_is_read_from_disk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_little(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(unpack, "content", too_little)
    world.write_feed(
        'feed: shop\nsource: {kind: files, path: "orders.csv"}\nentity: orders\n'
        "columns: {order_id: id, user_id: who, ordered_at: at, amount: amount, currency: \"'EUR'\"}\n"
    )
    world.land("orders.csv", "id,who,at,amount\no1,u1,2026-06-01T12:00:00Z,1\no2,u2,2026-06-01T12:00:00Z,x\n")
    (load,) = world.pull()
    assert (load.accepted, load.reasons) == (1, {"bad_type": 1})
    assert world.query("orders", "order_id, _line") == [("o1", 2)]

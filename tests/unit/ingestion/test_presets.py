"""A tenant's feed laid over a preset: what wins, and which file an error names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from orchestration import environment
from orchestration.ingestion import presets
from orchestration.ingestion.errors import FeedError
from tests.unit.ingestion.conftest import World

TRACK = """feed: site
preset: segment_track
source: {path: "${LANDING}/segment/*"}
"""
CSV = "source: {kind: files, format: csv}\nentity: events\ncolumns:\n"


def _error(world: World, text: str) -> FeedError:
    world.write_feed(text)
    with pytest.raises(FeedError) as caught:
        world.feeds()
    return caught.value


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_needs_only_a_name_and_a_path(world: World, name: str) -> None:
    world.write_feed(f"feed: site\npreset: {name}\nsource: {{path: '${{LANDING}}/some.csv'}}\n")
    (feed,) = world.feeds()
    assert feed.options.preset == name
    assert feed.targets


def test_what_the_tenant_writes_wins_column_by_column(world: World) -> None:
    world.write_feed(TRACK)
    (before,) = world.feeds()
    world.write_feed(
        TRACK.replace('segment/*"', 'segment/*", encoding: gbk')
        + "time_zone: Asia/Shanghai\ncolumns: {channel: \"'app'\", session_id: context.sessionId}\n"
    )
    (after,) = world.feeds()
    assert (after.source.encoding, after.source.format) == ("gbk", "ndjson")
    assert after.options.time_zone == "Asia/Shanghai"
    own = {"channel": "'app'", "session_id": "context.sessionId"}
    texts = {name: column.text for name, column in after.targets["events"].columns.items()}
    assert texts == {n: c.text for n, c in before.targets["events"].columns.items()} | own
    assert after.digest != before.digest


def test_one_column_of_one_entity_among_several_is_replaced(world: World) -> None:
    text = TRACK.replace("segment_track", "segment_identify")
    world.write_feed(text + "entities: {users: {columns: {city: traits.town}}}\n")
    (feed,) = world.feeds()
    assert feed.entities == ["users", "identities"]
    assert feed.targets["users"].columns["city"].text == "traits.town"
    assert feed.targets["users"].columns["user_id"].text == "userId"
    assert feed.targets["users"].skip_when


def test_an_unknown_preset_names_those_there_are(world: World) -> None:
    error = _error(world, TRACK.replace("segment_track", "segment"))
    assert (error.file, error.line) == ("feeds/feed.yml", 2)
    assert "no preset 'segment'" in str(error)
    assert all(name in error.fix for name in presets.names())


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("feed: site\npreset: segment_track\n", 1, "no source.path"),
        (TRACK + "entity: orders\n", 4, "'entity' does not fit"),
        (TRACK + "entities: {events: {columns: {screen: name}}}\n", 4, "'entities' does not fit"),
        (TRACK.replace("track", "identify") + "columns: {city: town}\n", 4, "'columns' does not fit"),
        (TRACK.replace("track", "identify") + "entities:\n  orders: {}\n", 5, "does not fill 'orders'"),
        (TRACK + "columns:\n  screem: name\n", 5, "no column 'screem'"),
        (TRACK + "columns:\n  value: (select 1)\n", 5, "not allowed"),
        (TRACK + "zone: UTC\n", 4, "unknown key 'zone'"),
        (TRACK.replace("segment_track", "[a]"), 2, "no preset"),
    ],
)
def test_an_error_of_the_tenant_names_the_tenants_line(
    world: World, text: str, line: int, problem: str
) -> None:
    error = _error(world, text)
    assert problem in str(error)
    assert (error.file, error.line) == ("feeds/feed.yml", line)


@pytest.mark.parametrize(
    ("preset", "line", "problem"),
    [
        (CSV + "  event_nam: event\n", 4, "'event_nam'"),
        (CSV + "  event_name: read_text(a)\n", 4, "not allowed"),
        (CSV + "  event_name: event\n", 3, "needs occurred_at"),
        ("source: {kind: files, format: csv, formt: csv}\nentity: events\n", 1, "formt"),
        ("feed: own\n", 1, "a preset has no 'feed'"),
        ("- a\n", 1, "a preset is a mapping"),
    ],
)
def test_an_error_inside_a_preset_names_the_presets_line(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, preset: str, line: int, problem: str
) -> None:
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "segment_track.yml").write_text(preset, encoding="utf-8")
    monkeypatch.setattr(presets, "FOLDER", folder)
    error = _error(world, TRACK)
    assert problem in str(error)
    assert (error.file, error.line) == ("presets/segment_track.yml", line)


def test_the_reference_lists_every_preset_and_what_it_fills(world: World) -> None:
    text = (environment.PROJECT_ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    section = text.split("\n## Presets\n")[1].split("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| ([\w, ]+) \|", section, re.MULTILINE))
    assert sorted(listed) == presets.names()
    for name, filled in listed.items():
        world.write_feed(f"feed: site\npreset: {name}\nsource: {{path: '${{LANDING}}/some.csv'}}\n")
        assert ", ".join(world.feeds()[0].entities) == filled


def test_what_a_condition_looks_at_is_kept_when_the_preset_says_so(world: World) -> None:
    world.write_feed("feed: site\npreset: shopify_orders\nsource: {path: '${LANDING}/orders.csv'}\n")
    head = "id,customer_id,created_at,total_price,currency,financial_status,cancelled_at,test\n"
    paid = "1,7,2026-01-01 00:00:00,5,USD,partially_refunded,,FALSE\n"
    gone = "2,,2026-01-01 00:00:00,5,USD,voided,2026-01-02 00:00:00,FALSE\n"
    world.land("orders.csv", head + paid + gone + paid.replace("FALSE", "TRUE").replace("1,7", "3,7"))
    (load,) = world.pull()
    assert (load.physical, load.accepted, load.skipped) == (3, 3, 1)
    first, second = world.query("orders", "status, user_id, attributes")
    assert first[:2] == ("paid", "7")
    assert json.loads(first[2]) == {"financial_status": "partially_refunded", "test": "FALSE"}
    assert second[:2] == ("cancelled", None)
    assert json.loads(second[2])["cancelled_at"] == "2026-01-02 00:00:00"

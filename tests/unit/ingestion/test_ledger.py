"""A file is loaded once, whole, and a crash leaves either nothing or everything."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.contract import ENTITIES
from orchestration.ingestion import ledger, recovery, store
from orchestration.ingestion.errors import LandingError, LostRawError
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.register import register_raw
from tests.unit.ingestion.conftest import AS_OF, HEADER, ORDERS, World

GOOD = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"
BAD = "o2,u1,nonsense,paid,2,1.50\n"
Shop = Callable[[str], list[FileLoad]]


def tree(data: Path) -> dict[str, bytes]:
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and not path.name.startswith(".seen")
    }


def test_the_name_is_the_ledger(shop: Shop, world: World) -> None:
    (load,) = shop(GOOD + BAD)
    place = f"orders/feed=shop/loaded_on=2026-06-30/{load.sha256}"
    assert list(tree(world.data)) == [
        f"loads/{place}.json",
        f"quarantine/{place}.parquet",
        f"raw/{place}.parquet",
    ]
    assert world.loads() == [load]
    assert (load.feed, load.entity, load.file, load.loaded_on) == ("shop", "orders", "orders.csv", AS_OF)


def test_raw_is_typed_to_the_contract(shop: Shop, world: World) -> None:
    shop(GOOD)
    pattern = f"{world.data}/raw/orders/*/*/*.parquet"
    described = duckdb.execute(
        f"describe select * from read_parquet('{pattern}', hive_partitioning = false)"
    ).fetchall()
    assert {row[0]: row[1].lower() for row in described} == ENTITIES["orders"].raw_columns


def test_loading_twice_is_a_no_op(shop: Shop, world: World) -> None:
    shop(GOOD + BAD)
    before = tree(world.data)
    assert world.pull() == []
    assert world.pull(date(2026, 7, 1)) == []
    (world.landing / "orders.csv").rename(world.landing / "orders_again.csv")
    assert world.pull() == []
    assert tree(world.data) == before


def test_the_same_bytes_give_the_same_files(world: World, tmp_path: Path) -> None:
    trees = []
    for name in ("a", "b"):
        other = World(tmp_path / name)
        other.root.mkdir()
        other.landing.mkdir()
        other.write_feed(ORDERS)
        other.land("orders.csv", HEADER + "".join(GOOD.replace("o1", f"o{i}") for i in range(9_000)) + BAD)
        other.pull()
        trees.append(tree(other.data))
    assert trees[0] == trees[1]


def test_the_same_name_with_new_content_is_a_new_file(shop: Shop, world: World) -> None:
    shop(GOOD)
    shop(GOOD + GOOD.replace("o1", "o3"))
    assert sorted(load.accepted for load in world.loads()) == [1, 2]


def test_a_crash_leaves_nothing_or_everything(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + GOOD + BAD)
    world.land("orders2.csv", HEADER + GOOD.replace("o1", "o9"))
    clean = World(world.root / "clean")
    (clean.data).mkdir(parents=True)
    os.symlink(world.landing, clean.landing)
    os.symlink(world.root / "feeds", clean.root / "feeds")
    clean.pull()
    expected = tree(clean.data)
    publish = store._publish
    steps = 0
    for crash_at in range(6):
        steps = 0

        def dying(temporary: Path, target: Path, at: int = crash_at) -> None:
            nonlocal steps
            if steps == at:
                raise KeyboardInterrupt
            steps += 1
            publish(temporary, target)

        monkeypatch.setattr(store, "_publish", dying)
        try:
            world.pull()
        except KeyboardInterrupt:
            whole = {load.sha256 for load in world.loads()}
            rows = {row[0] for row in world.query("orders", "_file_sha256")} if whole else set()
            assert rows == whole
        monkeypatch.setattr(store, "_publish", publish)
        world.pull()
        assert tree(world.data) == expected
        for path in sorted(world.data.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()


def test_an_orphan_is_ignored_and_cleaned(shop: Shop, world: World) -> None:
    (load,) = shop(GOOD)
    orphan = world.data / "loads/orders/feed=shop/loaded_on=2026-06-30" / f"{'0' * 64}.json"
    orphan.write_text("{ not even")
    left = world.data / f"raw/orders/feed=shop/loaded_on=2026-06-30/.{'0' * 64}.parquet.tmp"
    left.write_bytes(b"half")
    assert world.loads() == [load]
    world.pull()
    assert not orphan.exists()
    assert not left.exists()


@pytest.mark.parametrize("landed", ["still there", "rotated"])
def test_a_raw_file_that_was_removed_stops_the_feed_and_is_not_forgotten(
    shop: Shop, world: World, landed: str
) -> None:
    (load,) = shop(GOOD + BAD)
    if landed == "rotated":
        (world.landing / "orders.csv").unlink()
    before = tree(world.data)
    place = f"orders/feed=shop/loaded_on=2026-06-30/{load.sha256}"
    (world.data / f"raw/{place}.parquet").unlink()
    kept = tree(world.data)
    said = rf"lost 1 of its raw files, first raw/{place}\.parquet: .* remove loads/{place}\.json to have"
    for again in (world.pull, world.pull, lambda: register_raw(duckdb.connect(), world.data)):
        with pytest.raises(LostRawError, match=said):
            again()
    assert tree(world.data) == kept
    # Either cure that the line names.
    (world.data / f"loads/{place}.json").unlink()
    if landed == "rotated":
        assert world.pull() == []
        assert tree(world.data) == {}
        return
    assert world.pull() == [load]
    assert tree(world.data) == before


def test_a_raw_file_that_replaced_another_and_was_removed_is_missed_too(shop: Shop, world: World) -> None:
    shop(GOOD + BAD)
    world.write_feed(
        ORDERS.replace("ordered_at: at", "ordered_at: replace(at, 'nonsense', '2026-06-02 12:00:00')")
    )
    (load,) = world.replay()
    assert (load.generation, load.rows) == (1, 2)
    (path,) = world.data.glob("raw/*/*/*/*.r1.parquet")
    path.unlink()
    with pytest.raises(LostRawError, match="lost 1 of its raw files"):
        world.pull()
    assert list(world.data.glob("loads/*/*/*/*.r1.json"))


def test_a_recovery_that_is_cut_off_is_taken_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load is killed before each step, then what recovers from that before each file it removes."""
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + GOOD + BAD)
    world.pull()
    expected = tree(world.data)
    publish, unlink = store._publish, Path.unlink
    seen = set()
    for crash_at, removal in itertools.product(range(3), range(4)):
        for name in ("raw", "quarantine", "loads"):
            shutil.rmtree(world.data / name)
        monkeypatch.setattr(store, "_publish", dying(publish, crash_at))
        with pytest.raises(KeyboardInterrupt):
            world.pull()
        monkeypatch.setattr(store, "_publish", publish)
        left = len(tree(world.data))
        monkeypatch.setattr(Path, "unlink", dying(unlink, removal))
        try:
            recovery.recover_all(world.data)
        except KeyboardInterrupt:
            seen.add((crash_at, left - len(tree(world.data))))
        monkeypatch.setattr(Path, "unlink", unlink)
        assert recovery.lost(world.data) == []
        world.pull()
        assert tree(world.data) == expected
    assert {(2, 0), (2, 1), (2, 2)} <= seen


def dying(step: Callable[..., object], at: int) -> Callable[..., object]:
    """A step that kills in place of doing it so many times."""
    left = itertools.count(at, -1)

    def killed(*given: object, **named: object) -> object:
        if next(left) == 0:
            raise KeyboardInterrupt
        return step(*given, **named)

    return killed


def test_a_file_of_another_day_waits_for_its_night(world: World) -> None:
    world.write_feed(ORDERS)
    for day in (1, 2, 5):
        world.land(f"orders_{day}.csv", HEADER + GOOD.replace("06-01", f"06-0{day}").replace("o1", f"o{day}"))
    assert [load.file for load in world.pull(date(2026, 6, 1))] == ["orders_1.csv", "orders_2.csv"]
    assert "1 files lie wholly after 2026-06-01" in world.said[-1]
    assert ledger.waiting(world.feeds(), landing=world.landing, data=world.data) == []
    assert world.pull(date(2026, 6, 2)) == []
    assert [load.file for load in world.pull(date(2026, 6, 5))] == ["orders_5.csv"]


def test_a_record_ahead_of_its_build_is_released_when_its_day_comes(shop: Shop, world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + GOOD + GOOD.replace("06-01", "06-20").replace("o1", "o2"))
    (early,) = world.pull(date(2026, 6, 1))
    assert (early.accepted, early.reasons, early.refused) == (1, {"future_timestamp": 1}, 0)
    assert world.pull(date(2026, 6, 10)) == []
    (late,) = world.pull(date(2026, 6, 20))
    assert (late.accepted, late.quarantined, late.physical) == (2, 0, 2)
    assert [row[0] for row in world.query("orders", "order_id")] == ["o1", "o2"]
    assert world.pull(date(2026, 6, 21)) == []


def test_a_new_entity_of_a_feed_is_filled_from_old_files(shop: Shop, world: World) -> None:
    shop(GOOD)
    world.write_feed(
        ORDERS.replace("entity: orders\n", "entities:\n  users: {columns: {user_id: customer}}\n  orders:\n")
        .replace("time_zone: Asia/Shanghai\ncolumns:", "    columns:")
        .replace("\n  order_id", "\n      order_id")
        .replace("\n  user_id: c", "\n      user_id: c")
        .replace("\n  ordered", "\n      ordered")
        .replace("\n  status", "\n      status")
        .replace("\n  amount", "\n      amount")
        .replace("\n  currency", "\n      currency")
        + "time_zone: Asia/Shanghai\n"
    )
    (load,) = world.pull()
    assert (load.entity, load.rows) == ("users", 1)


def test_a_missing_landing_folder_is_said(world: World) -> None:
    world.write_feed(ORDERS)
    world.landing.rmdir()
    with pytest.raises(LandingError, match="there is no landing folder 'landing'"):
        world.pull()


def test_quarantine_keeps_what_a_replay_needs(shop: Shop, world: World) -> None:
    shop(GOOD + BAD)
    (path,) = world.data.glob("quarantine/*/*/*/*.parquet")
    (row,) = pq.read_table(path).to_pylist()
    assert row["raw"] == BAD.strip().encode()
    assert (row["feed"], row["entity"], row["file"], row["line"], row["reason"], row["column_name"]) == (
        "shop", "orders", "orders.csv", 3, "bad_type", "ordered_at",
    )  # fmt: skip

"""A file that is hashed as it is read: the hash is of the bytes loaded, and what is known is only hashed."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from orchestration.ingestion import arrivals, held, landing
from orchestration.ingestion.errors import ChangedFileError, LandingError
from orchestration.ingestion.landing import Landed
from tests.unit.ingestion.conftest import HEADER, ORDERS, World
from tests.unit.ingestion.test_ledger import tree

GOOD = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"
SECOND = GOOD.replace("o1", "o2")
Read = Callable[[Landed, int], tuple[mmap.mmap, str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files held, however small."""
    names: list[str] = []
    read = held.read

    def noted(landed: Landed, size: int) -> tuple[mmap.mmap, str]:
        names.append(landed.name)
        return read(landed, size)

    monkeypatch.setattr(held, "LEAST", 1)
    monkeypatch.setattr(held, "STEP", 16)
    monkeypatch.setattr(held, "read", noted)
    # A file just written may still change, and is hashed anew each night.
    monkeypatch.setattr(landing, "SETTLED_NS", -(10**12))
    return names


def first_then(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object], *, is_before: bool) -> None:
    """Have a file changed just before it is held, or just after."""
    read = held.read

    def changing(landed: Landed, size: int) -> tuple[mmap.mmap, str]:
        if is_before:
            change()
        found = read(landed, size)
        if not is_before:
            change()
        return found

    monkeypatch.setattr(held, "read", changing)


@pytest.mark.parametrize(
    "content",
    [
        HEADER + GOOD + SECOND,
        HEADER + GOOD + "o2,u2,nonsense,paid,1,2\n",
        HEADER + GOOD.replace("u1", '"u,1"'),
        HEADER + GOOD * 20 + GOOD.replace("u1", '"u,1"') + '"open,u,v,w\n',
        (HEADER + GOOD).replace("\n", "\r\n"),
        HEADER + GOOD.replace("u1", "u\r1"),
        HEADER + "u\0,x\n",
        "\ufeff" + HEADER + GOOD,
        HEADER,
        "\n",
    ],
)
def test_held_or_not_the_same_is_left_behind(asked: list[str], tmp_path: Path, content: str) -> None:
    left = []
    for name in ("held", "read twice"):
        world = World(tmp_path / name)
        world.landing.mkdir(parents=True)
        world.write_feed(ORDERS)
        world.land("orders.csv", content)
        (load,) = world.pull()
        assert load.sha256 == hashlib.sha256(content.encode()).hexdigest()
        left.append((load, tree(world.data), world.said))
        held.LEAST = held.MOST + 1
    assert asked == ["orders.csv"]
    assert left[0] == left[1]


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("change", ["longer", "shorter", "same size and time", "replaced", "gone"])
def test_a_file_that_changes_as_it_is_held_is_noticed(
    world: World, asked: list[str], monkeypatch: pytest.MonkeyPatch, change: str, is_before: bool
) -> None:
    world.write_feed(ORDERS)
    path = world.land("orders.csv", HEADER + GOOD + SECOND)
    kept = path.stat()

    def changed() -> None:
        if change == "gone":
            path.unlink()
        elif change == "replaced":
            world.land("other.csv", HEADER + GOOD + SECOND.replace("u1", "u2")).replace(path)
        elif change == "same size and time":
            path.write_text(HEADER + GOOD + SECOND.replace("u1", "u2"))
            os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        else:
            path.write_text(HEADER + GOOD + (SECOND * 2 if change == "longer" else ""))

    first_then(monkeypatch, changed, is_before=is_before)
    with pytest.raises(LandingError if change == "gone" else ChangedFileError):
        world.pull()
    assert tree(world.data) == {}
    monkeypatch.undo()
    if change != "gone":
        (load,) = world.pull()
        assert load.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_hash_is_of_the_bytes_loaded_even_if_no_time_tells_of_a_change(
    world: World, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write_feed(ORDERS)
    first = HEADER + GOOD + SECOND
    path = world.land("orders.csv", first)
    state = landing.stamp(path)
    monkeypatch.setattr(landing, "stamp", lambda _: state)
    monkeypatch.setattr(arrivals, "stamp", lambda _: state)
    first_then(monkeypatch, lambda: path.write_text(first.replace("u1", "u2")), is_before=False)
    (load,) = world.pull()
    assert load.sha256 == hashlib.sha256(first.encode()).hexdigest()
    assert world.query("orders", "user_id, _file_sha256") == [("u1", load.sha256)] * 2


def test_what_is_known_is_hashed_and_not_held(world: World, asked: list[str]) -> None:
    world.write_feed(ORDERS)
    path = world.land("orders1.csv", HEADER + GOOD)
    world.pull()
    before = tree(world.data)
    path.rename(world.landing / "orders2.csv")
    os.utime(world.landing / "orders2.csv")
    assert world.pull() == []
    assert tree(world.data) == before
    world.land("orders3.csv", HEADER + GOOD + SECOND)
    world.pull()
    assert asked == ["orders1.csv", "orders3.csv"]


def test_as_long_as_a_known_size_is_forgotten_every_file_is_hashed_first(
    world: World, asked: list[str]
) -> None:
    world.write_feed(ORDERS)
    path = world.land("orders1.csv", HEADER + GOOD)
    world.pull()
    (world.data / "loads" / ".seen.json").unlink()
    path.rename(world.landing / "orders2.csv")
    assert world.pull() == []
    assert asked == ["orders1.csv"]


def test_a_wrong_size_in_memory_loads_nothing_twice(world: World, asked: list[str]) -> None:
    world.write_feed(ORDERS)
    path = world.land("orders1.csv", HEADER + GOOD)
    world.pull()
    before = tree(world.data)
    memory = world.data / "loads" / ".seen.json"
    found = json.loads(memory.read_text())
    found["files"]["orders1.csv"][0][1] += 1
    memory.write_text(json.dumps(found))
    path.rename(world.landing / "orders2.csv")
    assert world.pull(date(2026, 7, 1)) == []
    assert asked == ["orders1.csv", "orders2.csv"]
    assert tree(world.data) == before


def test_two_new_files_of_the_same_content_count_once(world: World, asked: list[str]) -> None:
    world.write_feed(ORDERS)
    for name in ("orders1.csv", "orders2.csv"):
        world.land(name, HEADER + GOOD)
    world.land("orders3.csv", HEADER + GOOD + SECOND)
    assert [load.file for load in world.pull()] == ["orders1.csv", "orders3.csv"]
    assert asked == ["orders3.csv"]
    assert world.said == []


def test_a_file_put_off_is_held_no_second_time(world: World, asked: list[str]) -> None:
    world.write_feed(ORDERS)
    path = world.land("orders1.csv", HEADER + GOOD.replace("2026", "2027"))
    assert world.pull() == []
    assert any("wait for their night" in line for line in world.said)
    path.rename(world.landing / "orders2.csv")
    assert world.pull() == []
    assert asked == ["orders1.csv"]


def test_without_room_a_file_is_read_as_before(
    world: World, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> mmap.mmap:
        raise MemoryError

    monkeypatch.setattr(held, "_room", full)
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + GOOD)
    (load,) = world.pull()
    assert (load.accepted, asked) == (1, ["orders.csv"])
    assert load.sha256 == hashlib.sha256((HEADER + GOOD).encode()).hexdigest()

"""A feed whose mapping was wrong and yet accepted is read again from landing, file by file, whole or not."""

from __future__ import annotations

import itertools
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ingestion import recovery, reload, store
from orchestration.ingestion.reload import Reloaded
from tests.unit.ingestion.conftest import AS_OF, HEADER, ORDERS, World
from tests.unit.ingestion.test_conservation import LINES, MUTATION, mutated
from tests.unit.ingestion.test_ledger import dying, tree

# The customer was taken for the order's coupon as well, and the times for those of another zone.
WRONG = ORDERS.replace("Asia/Shanghai", "America/New_York").replace(
    "  amount", "  coupon_code: customer\n  amount"
)
BODY = "".join(f"o{n},u{n},2026-06-0{n} 12:00:00,paid,2,1.50\n" for n in range(1, 4))
LATER = date(2026, 7, 2)


def again(world: World) -> Reloaded:
    (feed,) = world.feeds()
    return reload.again(
        feed,
        [load for load in world.loads() if load.entity in feed.targets],
        landing=world.landing,
        data=world.data,
        as_of=LATER,
        say=world.said.append,
    )


def fresh(world: World, feed: str) -> World:
    """Another world that had this feed from the start, and the same landing folder."""
    other = World(world.root / "fresh")
    shutil.rmtree(other.root, ignore_errors=True)
    shutil.copytree(world.landing, other.landing)
    other.write_feed(feed)
    other.pull()
    return other


def rows(world: World) -> list[tuple[object, ...]]:
    return world.query("orders", "*")


def test_rows_that_were_accepted_wrongly_are_those_of_the_right_mapping(world: World) -> None:
    world.write_feed(WRONG)
    world.land("orders_1.csv", HEADER + BODY)
    world.land("orders_2.csv", HEADER + BODY.replace("o", "p") + "x,u9,never,paid,1,1\n")
    before = world.pull()
    world.write_feed(ORDERS)
    assert world.pull() == world.replay() == [], "neither a night nor a replay looks at what was accepted"
    read = again(world)
    assert [(load.file, load.accepted, load.quarantined) for load in read.changed] == [
        ("orders_1.csv", 3, 0),
        ("orders_2.csv", 3, 1),
    ]
    assert {load.loaded_on for load in read.changed} == {load.loaded_on for load in before} == {AS_OF}
    assert read.gone == []
    assert rows(world) == rows(fresh(world, ORDERS))
    state = tree(world.data)
    assert again(world) == Reloaded([], [])
    assert tree(world.data) == state


def test_what_comes_to_the_same_stays_to_the_byte(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + BODY + "x,u9,never,paid,1,1\n")
    world.pull()
    state = tree(world.data)
    assert again(world) == Reloaded([], [])
    assert tree(world.data) == state


def test_only_the_files_that_change_are_replaced(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders_1.csv", HEADER + BODY)
    world.land("orders_2.csv", HEADER + BODY.replace("paid", "placed"))
    world.pull()
    world.write_feed(ORDERS.replace("status: state", "status: replace(state, 'placed', 'cancelled')"))
    assert [load.file for load in again(world).changed] == ["orders_2.csv"]
    assert [(load.file, load.generation) for load in world.loads()] == [
        ("orders_1.csv", 0),
        ("orders_2.csv", 1),
    ]


def test_a_file_that_is_no_longer_in_landing_stays_and_is_told(world: World) -> None:
    world.write_feed(WRONG)
    gone = world.land("orders_1.csv", HEADER + BODY)
    world.land("orders_2.csv", HEADER + BODY.replace("o", "p"))
    first, _ = world.pull()
    gone.unlink()
    world.write_feed(ORDERS)
    read = again(world)
    assert [load.file for load in read.changed] == ["orders_2.csv"]
    assert read.gone == [first]
    assert first in world.loads()


def test_a_mapping_that_refuses_what_was_accepted_is_taken_back_by_the_next(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + BODY)
    world.pull()
    good = rows(world)
    world.write_feed(
        ORDERS.replace("user_id: customer", "user_id: customer\n  order_id2: x")
        .replace("  order_id2: x\n", "")
        .replace("ordered_at: at", "ordered_at: customer")
    )
    (load,) = again(world).changed
    assert (load.accepted, load.quarantined) == (0, 3)
    world.write_feed(ORDERS)
    (load,) = again(world).changed
    assert (load.accepted, load.quarantined, load.generation) == (3, 0, 2)
    assert rows(world) == good


def test_an_entity_that_says_nothing_any_more_loses_its_rows(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders.csv", HEADER + BODY)
    world.pull()
    world.write_feed(ORDERS.replace("entity: orders", 'entity: orders\nskip_when: "true"'))
    (load,) = again(world).changed
    assert (load.accepted, load.skipped, load.rows) == (3, 3, 0)
    assert rows(world) == []


def test_a_reload_killed_anywhere_leaves_each_file_as_before_or_as_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write_feed(WRONG)
    for n in (1, 2):
        world.land(f"orders_{n}.csv", HEADER + BODY.replace("o", f"o{n}") + "x,u9,never,paid,1,1\n")
    world.pull()
    whole = {load.file: load.sha256 for load in world.loads()}
    first, after = world.root / "first", rows(fresh(world, ORDERS))
    before = rows(world)
    shutil.copytree(world.data, first)
    world.write_feed(ORDERS)
    survived = 0
    for owner, name in ((store, "_publish"), (Path, "replace"), (Path, "unlink")):
        step = getattr(owner, name)
        for crash_at in itertools.count():
            shutil.rmtree(world.data)
            shutil.copytree(first, world.data)
            monkeypatch.setattr(owner, name, dying(step, crash_at))
            try:
                again(world)
                break
            except KeyboardInterrupt:
                survived += 1
            finally:
                monkeypatch.setattr(owner, name, step)
            recovery.recover_all(world.data)
            assert recovery.lost(world.data) == []
            found = rows(world)
            for sha in whole.values():
                own = [[row for row in side if sha in row] for side in (found, before, after)]
                assert own[0] in own[1:]
            again(world)
            assert rows(world) == after
            assert again(world) == Reloaded([], [])
    assert survived >= 12


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(MUTATION, max_size=3), min_size=1, max_size=3))
def test_a_reload_comes_to_what_the_right_mapping_would_have(
    tmp_path_factory: pytest.TempPathFactory, mutations: list[list[tuple[str, int, bytes]]]
) -> None:
    world = World(tmp_path_factory.mktemp("reload"))
    world.landing.mkdir()
    for place, changes in enumerate(mutations):
        text = (HEADER + "\n".join(LINES) + f"\nz{place},u,2026-06-01 12:00:00,paid,1,1\n").encode()
        world.land(f"orders_{place}.csv", mutated(text, changes))
    world.write_feed(WRONG)
    world.pull()
    world.write_feed(ORDERS)
    again(world)
    other = fresh(world, ORDERS)
    assert rows(world) == rows(other)
    counts = [
        [
            (load.file, load.physical, load.accepted, load.duplicate, dict(load.reasons))
            for load in side.loads()
        ]
        for side in (world, other)
    ]
    assert counts[0] == counts[1]
    for load in world.loads():
        assert load.physical == load.accepted + load.quarantined + load.duplicate

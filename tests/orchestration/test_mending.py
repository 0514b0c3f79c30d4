"""A file of the warehouse that no longer opens costs one full build and nobody's time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from orchestration import history, mending, proofs
from orchestration.night import Night

DAY = date(2026, 3, 10)
Tonight = Callable[[date], Night]


@pytest.fixture
def built(tonight: Tonight) -> Night:
    now = tonight(DAY)
    with now.warehouse.open() as connection:
        connection.execute("create table t as select 1 as x; create table public_db.t as select 1 as x")
    for layer in (*history.LAYERS, "models"):
        proofs.keep(now, layer)
    history.keep(now)
    return now


def test_a_sound_folder_is_left_alone(built: Night) -> None:
    assert mending.mend(built) == []
    assert proofs.holds(built, "staging")
    assert not (built.data / "aside").exists()


@pytest.mark.parametrize("name", ["warehouse.duckdb", "public.duckdb"])
@pytest.mark.parametrize("spoilt", [b"no database at all", b""])
def test_a_file_that_does_not_open_is_moved_aside_and_nothing_is_proven(
    built: Night, name: str, spoilt: bytes
) -> None:
    whole = (built.data / name).read_bytes()
    (built.data / name).write_bytes(spoilt or whole[: len(whole) // 3])
    assert mending.mend(built) == [name]
    assert not (built.data / name).exists()
    assert (built.data / "aside" / name).exists()
    assert not any(proofs.holds(built, layer) for layer in (*history.LAYERS, "models"))
    assert history.seen(built) is None
    assert mending.mend(built) == []


def test_a_log_that_does_not_replay_goes_with_its_file(built: Night) -> None:
    path, wal = built.warehouse.path, built.data / "warehouse.duckdb.wal"
    before = path.read_bytes()
    with built.warehouse.open_layer("staging") as connection:
        connection.execute("create table u as select range as x from range(1000)")
        spoilt = bytearray(wal.read_bytes())
    # As a kill leaves it: the file of before, and a log beside it, in the midst of which a byte is wrong.
    path.write_bytes(before)
    spoilt[len(spoilt) // 2] ^= 0xFF
    wal.write_bytes(spoilt)
    assert mending.mend(built) == ["warehouse.duckdb"]
    assert not wal.exists()
    assert (built.data / "aside" / "warehouse.duckdb.wal").read_bytes() == spoilt


def test_a_log_without_its_file_is_moved_aside(tonight: Tonight) -> None:
    now = tonight(DAY)
    (now.data / "public.duckdb.wal").write_bytes(b"left")
    assert mending.mend(now) == ["public.duckdb"]
    assert list(now.data.glob("*.wal")) == []

"""Publishing is one rename: readers see a whole generation, and a later day is never taken back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from orchestration import environment, layers, publishing, served, warehouse
from orchestration.night import Night
from orchestration.publishing import NothingToServe

Tonight = Callable[[date], Night]
FIRST, SECOND, THIRD = date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 10)

# Opens the pointer until told to stop; every generation holds one number in two tables.
READER = """
import sys
from pathlib import Path
import duckdb
pointer, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, opened = set(), 0
print("reading", flush=True)
while not stop.exists():
    with duckdb.connect(str(pointer), read_only=True) as connection:
        found = connection.execute(
            "select (select value from marts.left_side), (select value from marts.right_side)"
        ).fetchone()
    assert found[0] == found[1], found
    seen.add(found[0])
    opened += 1
print(opened, *sorted(seen), flush=True)
"""


@pytest.fixture
def said() -> list[str]:
    return []


def _candidate(night: Night, value: int) -> Path:
    """A candidate as a night leaves it, holding one number twice."""
    folder = served.folder(night.data)
    folder.mkdir(exist_ok=True)
    path = folder / ".candidate.duckdb"
    with warehouse.open_file(path) as connection:
        connection.execute("create schema marts")
        for side in ("left", "right"):
            connection.execute(f"create table marts.{side}_side as select {value} as value")
    return path


def _publish(night: Night, value: int, said: list[str]) -> publishing.Generation:
    return publishing.promote(night, _candidate(night, value), said.append)


def _served(data: Path) -> int:
    with warehouse.open_file(served.current(data).resolve(), read_only=True) as connection:
        row = connection.execute("select value from marts.left_side").fetchone()
    assert row is not None
    return int(row[0])


def _names(data: Path) -> list[str]:
    return sorted(path.name for path in served.folder(data).iterdir())


def test_before_the_first_publish_nothing_is_served(data: Path) -> None:
    assert publishing.serving(data) is None
    assert publishing.generations(data) == []
    with pytest.raises(NothingToServe, match="no generation before the one served; kept: none"):
        publishing.roll_back(data)


def test_a_night_is_served_and_cannot_be_written_by_accident(tonight: Tonight, said: list[str]) -> None:
    night = tonight(FIRST)
    made = _publish(night, 1, said)
    assert made.name == "generation_2026-03-08_1"
    assert publishing.serving(night.data) == made
    assert _served(night.data) == 1
    assert made.path.stat().st_mode & 0o777 == 0o444
    assert _names(night.data) == ["current.duckdb", "generation_2026-03-08_1.duckdb"]


def test_the_pointer_survives_a_move_of_the_data_folder(tonight: Tonight, said: list[str]) -> None:
    night = tonight(FIRST)
    _publish(night, 1, said)
    moved = night.data.rename(night.data.with_name("moved"))
    assert _served(moved) == 1


def test_a_night_built_again_makes_a_generation_of_its_own(tonight: Tonight, said: list[str]) -> None:
    for value in (1, 2):
        _publish(tonight(FIRST), value, said)
    data = tonight(FIRST).data
    assert [g.number for g in publishing.generations(data)] == [1, 2]
    assert _served(data) == 2


def test_ten_tries_of_a_day_are_ordered_by_number_not_by_name(tonight: Tonight, said: list[str]) -> None:
    night = tonight(FIRST)
    for number in (2, 10, 9):
        served.folder(night.data).mkdir(exist_ok=True)
        (served.folder(night.data) / f"generation_{FIRST}_{number}.duckdb").write_bytes(b"")
    assert [g.number for g in publishing.generations(night.data)] == [2, 9, 10]
    assert _publish(night, 11, said).number == 11


def test_an_older_day_does_not_take_the_pointer(tonight: Tonight, said: list[str]) -> None:
    served = _publish(tonight(THIRD), 3, said)
    _publish(tonight(SECOND), 2, said)
    data = tonight(FIRST).data
    assert publishing.serving(data) == served
    assert _served(data) == 3
    assert said == ["generation_2026-03-09_1 kept, but generation_2026-03-10_1 is newer and stays served"]


def test_as_many_generations_are_kept_as_the_settings_say(tonight: Tonight, said: list[str]) -> None:
    data = tonight(FIRST).data
    for day in range(1, 7):
        _publish(tonight(date(2026, 3, day)), day, said)
    assert tonight(FIRST).tenant.settings.generations_kept == 3
    assert [g.as_of.day for g in publishing.generations(data)] == [4, 5, 6]


def test_the_generation_served_is_kept_however_old(tonight: Tonight, said: list[str]) -> None:
    data = tonight(FIRST).data
    for day in (4, 5, 6):
        _publish(tonight(date(2026, 3, day)), day, said)
    publishing.roll_back(data, "2026-03-04")
    _publish(tonight(date(2026, 3, 3)), 3, said)
    assert _served(data) == 4
    assert 4 in [g.as_of.day for g in publishing.generations(data)]


def test_rolling_back_serves_the_one_before_or_the_one_named(tonight: Tonight, said: list[str]) -> None:
    data = tonight(FIRST).data
    _publish(tonight(FIRST), 1, said)
    _publish(tonight(FIRST), 11, said)
    _publish(tonight(SECOND), 2, said)
    assert publishing.roll_back(data).name == "generation_2026-03-08_2"
    assert _served(data) == 11
    assert publishing.roll_back(data, "2026-03-09").as_of == SECOND
    assert publishing.roll_back(data, "2026-03-08").number == 2, "a day means its last generation"
    assert publishing.roll_back(data, "generation_2026-03-08_1").number == 1
    assert _served(data) == 1
    with pytest.raises(NothingToServe, match="generation_2026-03-09_1"):
        publishing.roll_back(data)
    with pytest.raises(NothingToServe, match="no generation 2026-03-10; kept: "):
        publishing.roll_back(data, "2026-03-10")
    assert _served(data) == 1
    _publish(tonight(SECOND), 22, said)
    assert _served(data) == 22, "the next night is served again"


def test_a_pointer_left_half_moved_is_no_hindrance(tonight: Tonight, said: list[str]) -> None:
    night = tonight(FIRST)
    _publish(night, 1, said)
    (served.folder(night.data) / ".current.next").symlink_to("nowhere")
    _publish(tonight(SECOND), 2, said)
    assert _served(night.data) == 2
    assert ".current.next" not in _names(night.data)


def _build(night: Night, orders: int) -> None:
    """The private files as the layers before publishing leave them."""
    with night.warehouse.open() as connection:
        connection.execute("create schema if not exists public_db.marts")
        connection.execute(f"create or replace table public_db.marts.fct_orders as from range({orders}) t(n)")
        for layer, tables in layers.PUBLIC_BESIDE_MARTS.items():
            connection.execute(f"create schema if not exists {layer}")
            for table in tables:
                connection.execute(f"create or replace table {layer}.{table} as select '{table}' as name")
        for table, row in {
            "ml_metric": "'v1' as model_version, 'auc' as metric, 0.7 as value, 0.6 as baseline_value",
            "ml_drift": "'v1' as model_version, 'score' as measure, 0.1 as psi",
            "ml_model_version": "'v1' as model_version, 'blend' as method, '{}' as card",
        }.items():
            said = f"select 'churn' as model, {row}, date '{night.as_of}' as as_of"
            connection.execute(f"create or replace table predictions.{table} as {said}")
        connection.execute("create schema if not exists quality")
        connection.execute(
            f"""
            create or replace table quality.gate_results as
            select day as as_of, 'marts/fct_orders' as asset, 'marts' as suite, 'rows' as expectation,
                null::text as column_name, 'critical' as severity, true as success, 'ok' as observed
            from (values (date '{night.as_of}'), (date '2026-01-01')) as t(day)
            """
        )


def test_a_candidate_holds_every_public_table_of_the_night_and_no_leftover(tonight: Tonight) -> None:
    night = tonight(FIRST)
    _build(night, 5)
    folder = served.folder(night.data)
    folder.mkdir()
    for left in (".candidate.duckdb", ".candidate.duckdb.wal"):
        (folder / left).write_bytes(b"left by a killed night")
    candidate = publishing.write_candidate(night)
    assert _names(night.data) == [".candidate.duckdb"]
    found = publishing.checksums(candidate)
    beside = [table for tables in layers.PUBLIC_BESIDE_MARTS.values() for table in tables]
    assert set(found) == {"fct_orders", *beside, *publishing.MADE_HERE}
    assert found["fct_orders"][0] == 5
    assert found["rpt_data_quality"][0] == 1, "only this night's gates"
    assert found["rpt_night_gates"][0] == 2, "every night so far"
    query = "select metric, baseline_value, method, decision from marts.rpt_model_quality"
    with warehouse.open_file(candidate, read_only=True) as connection:
        told = connection.execute(query).fetchall()
    assert told == [("auc", 0.6, "blend", None), ("psi_score", 0.25, "blend", None)]
    assert not candidate.with_name(".candidate.duckdb.wal").exists()


def test_a_candidate_that_is_not_promoted_leaves_the_served_file_as_it_was(
    tonight: Tonight, said: list[str]
) -> None:
    night = tonight(FIRST)
    _build(night, 5)
    made = publishing.promote(night, publishing.write_candidate(night), said.append)
    before = made.path.read_bytes()
    _build(tonight(SECOND), 50)
    publishing.write_candidate(tonight(SECOND))
    assert publishing.serving(night.data) == made
    assert made.path.read_bytes() == before


def test_checksums_tell_rows_apart_and_not_their_order(tonight: Tonight, tmp_path: Path) -> None:
    def sums(name: str, query: str, without: tuple[str, ...] = ()) -> tuple[int, str]:
        with warehouse.open_file(tmp_path / f"{name}.duckdb") as connection:
            connection.execute("create schema marts")
            connection.execute(f"create table marts.t as {query}")
        return publishing.checksums(tmp_path / f"{name}.duckdb", without)["t"]

    one = sums("one", "select * from (values (1, 'a'), (2, null)) as t(n, s)")
    assert sums("other_order", "select s, n from (values (2, null), (1, 'a')) as t(n, s)") == one
    assert sums("empty_is_not_null", "select * from (values (1, 'a'), (2, '')) as t(n, s)") != one
    assert sums("twice", "select * from (values (1, 'a'), (1, 'a'), (2, null)) as t(n, s)") != one
    assert sums("swapped", "select * from (values ('a', '1'), (null, '2')) as t(n, s)") != one
    left_out = sums("loaded", "select 1 as n, 'x' as loaded_at", ("loaded_at",))
    assert sums("loaded_later", "select 1 as n, 'y' as loaded_at", ("loaded_at",)) == left_out


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[Callable[[Path, Path], list[subprocess.Popen[str]]]]:
    started: list[subprocess.Popen[str]] = []

    def start(pointer: Path, stop: Path) -> list[subprocess.Popen[str]]:
        started.extend(
            subprocess.Popen(
                [sys.executable, "-c", READER, str(pointer), str(stop)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": str(environment.PROJECT_ROOT)},
            )
            for _ in range(5)
        )
        return started

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_readers_never_meet_a_torn_or_missing_file(
    tonight: Tonight,
    said: list[str],
    readers: Callable[[Path, Path], list[subprocess.Popen[str]]],
    tmp_path: Path,
) -> None:
    data, stop = tonight(FIRST).data, tmp_path / "stop"
    _publish(tonight(FIRST), 0, said)
    started = readers(served.current(data), stop)
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
    for value in range(1, 21):
        _publish(tonight(FIRST if value % 2 else SECOND), value, said)
        time.sleep(0.05)
        publishing.roll_back(data)
        publishing.roll_back(data, publishing.generations(data)[-1].name)
    stop.touch()
    seen: set[str] = set()
    for process in started:
        output, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        opened, *values = output.split()
        assert int(opened) > 0
        seen |= set(values)
    assert len(seen) > 3, "the readers saw several generations go by"

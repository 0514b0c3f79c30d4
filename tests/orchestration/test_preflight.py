"""A night that has no room is not begun, and says how much it lacks."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration import nightly, preflight
from orchestration.night import Night
from tests.orchestration.conftest import Command

DAY = date(2026, 3, 10)
Tonight = Callable[[date], Night]


def _free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=size))


def test_the_need_grows_with_what_has_landed_and_with_what_is_there(tonight: Tonight) -> None:
    now = tonight(DAY)
    assert preflight.needed(now) == preflight.RESERVE
    now.landing.mkdir()
    (now.landing / "orders_1.csv").write_bytes(b"x" * 1_000)
    assert preflight.needed(now) == preflight.RESERVE + 8_000
    now.warehouse.path.write_bytes(b"x" * 500)
    now.warehouse.marts_path.write_bytes(b"x" * 200)
    # The private file anew, the public file anew, and its copy to publish.
    assert preflight.needed(now) == preflight.RESERVE + 8_000 + 500 + 200 + 200


def test_too_little_room_is_said_in_megabytes(tonight: Tonight, monkeypatch: pytest.MonkeyPatch) -> None:
    now = tonight(DAY)
    _free(monkeypatch, 40_000_000)
    with pytest.raises(preflight.NoRoom, match=r"has 40 MB free .* may need 67 MB: free 27 MB there"):
        preflight.check(now)
    _free(monkeypatch, 70_000_000)
    preflight.check(now)


def test_no_room_on_disk_or_in_memory_is_not_now(capsys: pytest.CaptureFixture[str]) -> None:
    def no_room() -> int:
        raise preflight.NoRoom("no room")

    def full() -> int:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise RuntimeError("could not write") from error

    def log_cannot_grow() -> int:
        raise sqlite3.OperationalError("disk I/O error")

    def memory_ran_out() -> int:
        raise MemoryError

    def library_does_not_fit() -> int:
        raise ImportError("some.so: failed to map segment from shared object")

    def another() -> int:
        raise sqlite3.OperationalError("no such table: runs")

    assert nightly.explained(no_room) == nightly.NOT_NOW
    assert nightly.explained(full) == nightly.NOT_NOW
    assert nightly.explained(log_cannot_grow) == nightly.NOT_NOW
    assert nightly.explained(memory_ran_out) == nightly.NOT_NOW
    assert nightly.explained(library_does_not_fit) == nightly.NOT_NOW
    said = capsys.readouterr().err
    told = "error: the disk is full or fails: free some space in DATA, then run again"
    short = "error: memory ran out: free some, or set USEROPS_MEMORY_LIMIT lower, then run again"
    assert said.splitlines() == [
        "error: no room",
        told,
        told,
        short,
        short,
    ]
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        nightly.explained(another)


def test_another_night_in_the_folder_is_not_now(
    folder: Path, data: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration import home

    with pytest.raises(home.Busy) as busy:
        raise home.Busy("another night is writing")
    assert busy.value.exit_code == nightly.NOT_NOW
    assert home.DataFolderError("another tenant's").exit_code == nightly.UNUSABLE

"""The doctor names what is wrong and how to mend it, and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration import doctor, home
from orchestration.night import Night
from tests.orchestration.conftest import Command


def _wrong(now: Night) -> dict[str, str]:
    return {said: mend for said, mend in doctor.examine(now) if mend and "locked" not in said}


@pytest.fixture
def now(tonight, data: Path) -> Night:  # type: ignore[no-untyped-def]
    from datetime import date

    found: Night = tonight(date(2026, 3, 10))
    found.landing.mkdir()
    return found


def test_a_sound_folder_is_well(now: Night) -> None:
    assert _wrong(now) == {}


def test_each_thing_that_is_wrong_is_named_with_its_cure(now: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    now.landing.rmdir()
    now.warehouse.path.write_bytes(b"no database")
    (now.data / "published").mkdir()
    (now.data / "published" / "current.duckdb").symlink_to("gone.duckdb")
    found = _wrong(now)
    assert found[f"landing files in {now.landing}"] == "create that folder, or give LANDING="
    assert found["warehouse.duckdb"] == "nothing to do: the next night builds it again"
    assert found["nothing is published yet"] == "make rollback: the file served is gone"


def test_a_package_that_is_not_as_locked_is_named(now: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_installed", lambda name: "0.1" if name == "duckdb" else None)
    said = next(said for said, mend in doctor.examine(now) if "not as locked" in said)
    assert "is not installed" in said


def test_a_night_at_work_is_not_disturbed(now: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> bool:
        raise home.Busy("another night is writing")

    monkeypatch.setattr(home, "hold", busy)
    assert "a night is being written: its files are looked at when it has ended" in dict(doctor.examine(now))


def test_the_command_ends_with_one_when_something_is_wrong(
    folder: Path, command: Command, tmp_path: Path
) -> None:
    before = sorted(os.listdir(tmp_path))
    ended = command(
        "orchestration.doctor", "--tenant", folder, "--data", tmp_path / "state", "--landing", tmp_path / "no"
    )
    assert ended.returncode == 1, ended.stderr
    assert "mend: create that folder" in ended.stdout
    assert sorted(os.listdir(tmp_path)) == before

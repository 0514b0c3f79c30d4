"""The doctor names what is wrong and how to mend it, and changes nothing."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from orchestration import doctor, environment, home
from orchestration.night import Night
from tests.orchestration.conftest import Command

LOCK = environment.PROJECT_ROOT / "requirements.lock"

CURE_OF_UNOPENED = "nothing to do: the next night builds it again from raw"


def _wrong(now: Night) -> dict[str, str]:
    return {said: mend for said, mend in doctor.examine(now) if mend}


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
    assert found["warehouse.duckdb cannot be opened"] == CURE_OF_UNOPENED
    assert found["current.duckdb names no file that is kept"] == "make nightly publishes a new one"


def test_an_installation_made_from_the_lock_is_well() -> None:
    pins = [line for line in LOCK.read_text().splitlines() if re.match(r"[A-Za-z0-9].*==", line)]
    names = {line.split("==")[0] for line in pins}
    assert len(names) < len(pins), "no package has two pins: markers are not tried"
    here = names - {line.split("==")[0] for line in pins if "sys_platform == 'win32'" in line}
    assert list(doctor._packages()) == [(f"{len(here)} packages as locked", "")]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_a_package_pinned_for_several_pythons_is_held_to_its_own(version: str) -> None:
    """As the lock's text says it of the two packages that have two pins for their pythons."""
    early = version == "3.11"
    found = doctor.locked(LOCK, {"python_full_version": f"{version}.4", "python_version": version})
    for name in ("numpy", "scipy"):
        sign = "<" if early else ">="
        wanted = rf"^{name}==(\S+) ; python_full_version {sign} '3\.12'"
        (pin,) = re.findall(wanted, LOCK.read_text(), re.MULTILINE)
        assert found[name] == pin
    assert "pywin32" not in found


def test_a_package_that_is_not_as_locked_is_named(now: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = doctor._installed
    changed = {"duckdb": "0.1", "zipp": None}
    monkeypatch.setattr(doctor, "_installed", lambda name: changed.get(name, installed(name)))
    (said,) = _wrong(now)
    assert re.fullmatch(
        r"not as locked: duckdb 0\.1, locked is [\d.]+; zipp is not installed, locked is [\d.]+", said
    )


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

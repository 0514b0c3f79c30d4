"""Whole nights in this process, on a small demo world made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration import environment, home, night, nightly

PEOPLE, SEED = 300, 11
LAST = date(2026, 6, 30)


@dataclass(frozen=True)
class House:
    """A data folder of the demo tenant and a way to build nights in it."""

    data: Path
    landing: Path

    def night(self, as_of: date = LAST) -> night.Night:
        environment.write("data", self.data)
        environment.write("landing", self.landing)
        return night.of(as_of)

    def build(self, as_of: date = LAST) -> dg.ExecuteInProcessResult:
        now = self.night(as_of)
        home.claim(now.tenant, now.data)
        home.hold(now.data)
        home.dagster_home(now.data)
        try:
            return nightly.execute(now)
        finally:
            home.release(now.data)


@pytest.fixture(scope="session", autouse=True)
def settled() -> Iterator[None]:
    """Give the process a tenant and a key of its own, and put the environment back."""
    patch = pytest.MonkeyPatch()
    environment.silence_telemetry()
    patch.setenv("USEROPS_TENANT", "demo")
    patch.setenv("USEROPS_PSEUDONYM_KEY", "a key for tests only")
    for name in ("DATA", "LANDING", "AS_OF", "WAREHOUSE", "MARTS"):
        patch.setenv(f"USEROPS_{name}", "")
    patch.setenv("DAGSTER_HOME", "")
    yield
    patch.undo()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The landing files and the truths of a world of 300 people."""
    from demo import generate
    from demo.plan import Plan

    folder = tmp_path_factory.mktemp("world")
    generate.write_world(folder / "landing", folder / "truth", Plan(people=PEOPLE, seed=SEED))
    return folder / "landing", folder / "truth"


@pytest.fixture(scope="session")
def make_house(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], House]:
    """Make an empty data folder that reads the given landing folder."""

    def make(landing: Path) -> House:
        return House(tmp_path_factory.mktemp("data"), landing)

    return make


@pytest.fixture(scope="session")
def built(
    world: tuple[Path, Path], make_house: Callable[[Path], House]
) -> tuple[House, dg.ExecuteInProcessResult]:
    """The world built in one go."""
    house = make_house(world[0])
    return house, house.build()


@pytest.fixture
def copy_of(built: tuple[House, dg.ExecuteInProcessResult], tmp_path: Path) -> House:
    """A built data folder that a test may spoil."""
    shutil.copytree(built[0].data, tmp_path / "data", symlinks=True)
    return House(tmp_path / "data", built[0].landing)

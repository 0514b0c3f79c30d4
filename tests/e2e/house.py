"""Whole nights in this process, on a small demo world made and built once for all suites."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.orchestration import hook

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.night import Night

PEOPLE, SEED = 300, 11
LAST = date(2026, 6, 30)


@dataclass(frozen=True)
class House:
    """A data folder of a tenant, by default the demo's, and a way to build nights in it."""

    data: Path
    landing: Path
    rebuild: bool = False
    tenant: str = "demo"

    @property
    def variables(self) -> dict[str, str]:
        """What a process that works in this folder has in its environment."""
        return {
            "USEROPS_TENANT": self.tenant,
            "USEROPS_PSEUDONYM_KEY": "a key for tests only",
            "USEROPS_DATA": str(self.data),
            "USEROPS_LANDING": str(self.landing),
            "USEROPS_REBUILD": "yes" if self.rebuild else "no",
        }

    @contextmanager
    def lived_in(self) -> Iterator[None]:
        """Lend this process the folder's environment; other tests have tenants of their own."""
        from orchestration import environment, night

        before = dict(os.environ)
        for name in [name for name in before if name.startswith(environment.PREFIX)]:
            del os.environ[name]
        os.environ.update(self.variables)
        environment.silence_telemetry()
        night.current_tenant.cache_clear()
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            night.current_tenant.cache_clear()

    def night(self, as_of: date = LAST) -> Night:
        from orchestration import night

        with self.lived_in():
            return night.of(as_of)

    def build(self, as_of: date = LAST) -> dg.ExecuteInProcessResult:
        from orchestration import home, night, nightly

        with self.lived_in():
            now = night.of(as_of)
            home.claim(now.tenant, now.data)
            home.hold(now.data)
            home.dagster_home(now.data)
            try:
                return nightly.execute(now)
            finally:
                home.release(now.data)

    def copied_to(self, target: Path) -> House:
        """The same folder elsewhere, for a test that spoils it."""
        shutil.copytree(self.data, target, symlinks=True)
        return House(target, self.landing)


@dataclass(frozen=True)
class Built:
    """The world built in one go, what Dagster said of it, and what there was to build."""

    house: House
    result: dg.ExecuteInProcessResult
    graph: Any
    truth: Path


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
def built(world: tuple[Path, Path], make_house: Callable[[Path], House]) -> Built:
    """The world built in one go."""
    from orchestration import nightly

    house = make_house(world[0])
    result = house.build()
    with house.lived_in():
        graph = nightly.code_location(house.night().tenant.folder).get_repository_def().asset_graph
    return Built(house, result, graph, world[1])


@pytest.fixture
def copy_of(built: Built, tmp_path: Path) -> House:
    """A built data folder that a test may spoil."""
    return built.house.copied_to(tmp_path / "data")


@dataclass(frozen=True)
class Stopped:
    """A night that a gate stopped on top of the built one, what it said, and whom it told."""

    house: House
    refused: int
    done: subprocess.CompletedProcess[str]
    alerts: list[str]


@pytest.fixture(scope="session")
def stopped(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    """A copy of the built folder after a night over a bad file; tests look at it and leave it as it is."""
    from orchestration import environment

    folder = tmp_path_factory.mktemp("stopped")
    house = House(built.house.copied_to(folder / "data").data, folder / "landing")
    refused = spoil_landing(built.house.landing, house.landing)
    told = hook.Hook()
    with hook.served(told):
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.nightly"],
            cwd=environment.PROJECT_ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith(environment.PREFIX)}
            | house.variables
            | {"USEROPS_WEBHOOK_URL": told.url},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    return Stopped(house, refused, done, [one["body"] for one in told.told])


def spoil_landing(landing: Path, target: Path) -> int:
    """The landing files and one more of consents, one line sound, the others not; how many others."""
    shutil.copytree(landing, target)
    sample = max(target.glob("crm/consents_*.csv.gz"))
    head, *rows = gzip.decompress(sample.read_bytes()).decode().splitlines()
    # Each of the wrong lines differs, so none is a repeat of another.
    spoiled = [rows[0] if n == 0 else f"nonsense,{n}" for n in range(10)]
    text = "\n".join([head, *spoiled]) + "\n"
    sample.with_name("consents_2026-06-30-again.csv.gz").write_bytes(gzip.compress(text.encode()))
    return len(spoiled) - 1

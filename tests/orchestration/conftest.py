"""A tenant small enough to write in a test, and a process whose environment is its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from orchestration import environment, home, night, tenant

SETTINGS = """\
business_time_zone: Europe/Berlin
base_currency: EUR
default_as_of: 2026-03-10
first_day: 2026-03-01
generations_kept: 3
"""
FEED = """\
feed: shop_orders
source: {kind: files, path: orders_*.csv}
entity: orders
time_zone: Europe/Berlin
columns: {order_id: id, ordered_at: at, amount: amount, currency: "'EUR'"}
"""


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(environment.PREFIX):
            monkeypatch.delenv(name)
    before = dict(os.environ)
    night.current_tenant.cache_clear()
    yield
    os.environ.clear()
    os.environ.update(before)
    night.current_tenant.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tenant's folder with settings and one feed."""
    made = tmp_path / "corner_shop"
    (made / "feeds").mkdir(parents=True)
    (made / "settings.yml").write_text(SETTINGS)
    (made / "feeds" / "shop_orders.yml").write_text(FEED)
    return made


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A pseudonym key given from outside, so that no test makes one in the project."""
    monkeypatch.setenv("USEROPS_PSEUDONYM_KEY", "a key for tests")
    return b"a key for tests"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """An empty data folder, let go of afterwards."""
    made = tmp_path / "data"
    made.mkdir()
    yield made
    home.release(made)


@pytest.fixture
def tonight(folder: Path, data: Path, key: bytes) -> Callable[[date], night.Night]:
    """The corner shop's night of a day."""
    owner = tenant.load(str(folder))
    return lambda day: night.Night(owner, day, data, data / "landing")


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run a module as a person would, with the test's own DATA and key."""

    def run(module: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=120,
            check=False,
            env=os.environ
            | {"PYTHONPATH": str(environment.PROJECT_ROOT), "USEROPS_PSEUDONYM_KEY": "a key for tests"}
            | variables,
        )

    return run

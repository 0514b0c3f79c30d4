"""A published folder that a test may swap, the bundle over it, and a Superset that has imported it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.superset import bundle
from tests.superset.server import Visitor, serving, visiting


@pytest.fixture(scope="session")
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pointer to a copy of a published file."""
    given = request.config.getoption("--data")
    data = Path(given) if given else request.getfixturevalue("built").house.data
    folder = tmp_path_factory.mktemp("published")
    shutil.copyfile(data / "published" / "current.duckdb", folder / "generation_1.duckdb")
    (folder / "current.duckdb").symlink_to("generation_1.duckdb")
    return folder / "current.duckdb"


@pytest.fixture(scope="session")
def visitor(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    home = tmp_path_factory.mktemp("superset")
    (home / "userops.zip").write_bytes(bundle.zipped(published))
    with serving(home, home / "userops.zip") as server, visiting(server) as found:
        yield found

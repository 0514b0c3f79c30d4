"""One built world, served once, and one browser for all tests of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from tests.dashboards.site import Seen, browser, served


@pytest.fixture(scope="session")
def published_file(request: pytest.FixtureRequest) -> Path:
    """The published file the pages are held to."""
    given = request.config.getoption("--data")
    data = Path(given) if given else request.getfixturevalue("built").house.data
    return Path(data) / "published" / "current.duckdb"


@pytest.fixture(scope="session")
def as_of(published_file: Path) -> date:
    with duckdb.connect(published_file, read_only=True) as published:
        (day,) = published.execute("select max(as_of) from marts.dim_users").fetchone() or (None,)
    assert isinstance(day, date)
    return day


@pytest.fixture(scope="session")
def address(published_file: Path) -> Iterator[str]:
    with served(published_file.parents[1]) as found:
        yield found


@pytest.fixture(scope="session")
def window() -> Iterator[tuple[Page, Seen]]:
    seen = Seen()
    with browser(seen) as page:
        page.set_viewport_size({"width": 1400, "height": 1000})
        yield page, seen

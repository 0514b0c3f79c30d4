"""One built world, served once, and one browser for all tests of the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.dashboards.site import Seen, browser, served
from tests.e2e.house import Built


@pytest.fixture(scope="session")
def address(built: Built) -> Iterator[str]:
    with served(built.house.data) as found:
        yield found


@pytest.fixture(scope="session")
def window() -> Iterator[tuple[Page, Seen]]:
    seen = Seen()
    with browser(seen) as page:
        page.set_viewport_size({"width": 1400, "height": 1000})
        yield page, seen

"""The project, parsed once for all suites that build tables of it."""

from __future__ import annotations

import pytest

from tests.dbt.house import empty


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The project as dbt has parsed it."""
    with empty(tmp_path_factory.mktemp("parsed")) as house:
        return house.manifest

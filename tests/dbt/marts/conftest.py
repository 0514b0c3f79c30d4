"""Intermediate tables that a test fills by hand, and what is built of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dbt.house import House, empty


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, manifest: object) -> Iterator[House]:
    """The whole project built on no rows at all, so that every table has its real types."""
    with empty(tmp_path_factory.mktemp("warehouse"), manifest) as made:
        result = made.dbt("build", "--exclude-resource-type", "unit_test", "test")
        assert result.success, result.exception or [
            f"{r.node.name}: {r.message}" for r in result.result.results if r.status == "error"
        ]
        yield made

"""The python that has Splink, which these tests run as `make match` does."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--matching", default=".venv-matching/bin/python", help="python that has Splink")


@pytest.fixture(scope="session")
def python(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--matching"))

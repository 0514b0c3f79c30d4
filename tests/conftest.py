"""The small built world, shared by the suites that look at whole nights."""

import gc

import pytest
from hypothesis import settings

from orchestration import environment, nightly
from tests.company import company
from tests.e2e.house import built, copy_of, make_house, stopped, world

__all__ = ["built", "company", "copy_of", "make_house", "stopped", "world"]

# No test is timed. In CI a property draws the same examples every time, so that a change is judged and
# not the dice; everywhere else it explores.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if environment.read().environment == "ci" else "here")
# Nights in this process collect as rarely as those of the command.
gc.set_threshold(nightly.OBJECTS_BEFORE_COLLECTING)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--data", default="", help="a data folder with a published file, instead of a small world"
    )

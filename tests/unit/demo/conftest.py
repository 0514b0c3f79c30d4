"""One small world for all tests of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.delivery import Delivered
from demo.generate import write_world
from demo.plan import Plan
from demo.world import World, world_of

PLAN = Plan(people=300)


@dataclass(frozen=True)
class Written:
    """A small world as it is and as it was written down."""

    world: World
    landing: Path
    truth: Path
    files: list[Delivered]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("demo")
    files = write_world(folder / "landing", folder / "truth", PLAN)
    return Written(world_of(PLAN), folder / "landing", folder / "truth", files)

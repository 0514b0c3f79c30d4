"""The demo tenant's feeds read the demo's files: every count equals the truth's, file by file."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from demo.delivery import Delivered
from demo.generate import feeds_of, write_world
from demo.plan import Plan
from demo.world import world_of
from orchestration import tenant
from orchestration.contract import ENTITIES
from orchestration.environment import PROJECT_ROOT
from orchestration.ingestion import load
from orchestration.ingestion.feed import load_feeds

PLAN = Plan(people=400, start=date(2026, 2, 1))
FEEDS = {feed.name: feed for feed in load_feeds(PROJECT_ROOT / "tenants" / "demo" / "feeds")}


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Delivered]]:
    folder = tmp_path_factory.mktemp("feeds")
    files = write_world(folder / "landing", folder / "truth", PLAN)
    return folder, {file.file: file for file in files if not file.copy_of}


def test_the_tenant_feeds_all_fourteen_entities() -> None:
    assert {entity for feed in FEEDS.values() for entity in feed.entities} == set(ENTITIES)
    assert {feed.name for feed in feeds_of(world_of(PLAN))} == set(FEEDS)


def test_the_tenant_loads_with_its_rules() -> None:
    demo = tenant.load("demo")
    assert demo.settings.default_as_of == Plan().end
    assert demo.settings.first_day == Plan().start
    assert {rule["channel"] for rule in demo.actions} == {"sms", "push", "email", "call"}


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_counts_of_every_file_equal_the_truth(
    name: str, landed: tuple[Path, dict[str, Delivered]], tmp_path: Path
) -> None:
    folder, truth = landed
    loads = load.pull(FEEDS[name], landing=folder / "landing", data=tmp_path, as_of=PLAN.end)
    for found in loads:
        told = truth.pop(found.file)
        counts = (found.physical, found.accepted, found.quarantined, found.duplicate)
        assert counts == (told.physical, told.accepted, len(told.broken), told.duplicate), found.file
        assert Counter(found.reasons) == Counter(kind for _, kind in told.broken), found.file
    assert not [file for file in truth if truth[file].feed == name]

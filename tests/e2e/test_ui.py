"""The Dagster UI of a built folder, asked by its API and seen in a headless browser."""

from __future__ import annotations

import base64
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from data_quality import validate
from orchestration import nightly
from tests.e2e.house import Built, House, Stopped

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = '{repositoryName: "__repository__", repositoryLocationName: "userops"}'


def _load_screenshots() -> ModuleType:
    pytest.importorskip("playwright", reason="the browser is driven by Playwright")
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "docs" / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Opened:
    """The running UI and what drives a browser on it."""

    address: str
    screenshots: ModuleType

    def ask(self, query: str) -> Any:
        return self.screenshots.ask(self.address, query)


@pytest.fixture(scope="module")
def opened(stopped: Stopped, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The UI of a folder with one published night and one that a gate stopped."""
    screenshots = _load_screenshots()
    assert stopped.done.returncode == nightly.FAILED, stopped.done.stderr[-2000:]
    copied = stopped.house.copied_to(tmp_path_factory.mktemp("ui") / "data")
    house = House(copied.data, stopped.house.landing)
    with screenshots.ui(house.variables) as address:
        yield Opened(address, screenshots)


def test_the_schedule_is_on(opened: Opened) -> None:
    found = opened.ask(
        f"{{ schedulesOrError(repositorySelector: {REPOSITORY})"
        " { ... on Schedules { results { name cronSchedule executionTimezone scheduleState { status } } } } }"
    )
    (schedule,) = found["schedulesOrError"]["results"]
    assert schedule["name"] == "every_night"
    assert schedule["scheduleState"]["status"] == "RUNNING"
    assert schedule["executionTimezone"] == "Asia/Shanghai"


def test_every_asset_has_an_owner_a_description_and_a_place(opened: Opened, built: Built) -> None:
    found = opened.ask(
        "{ assetNodes { assetKey { path } description groupName kinds"
        " owners { ... on UserAssetOwner { email } } } }"
    )["assetNodes"]
    assert {tuple(node["assetKey"]["path"]) for node in found} == {
        tuple(key.path) for key in built.graph.get_all_asset_keys()
    }
    bare = [
        node["assetKey"]["path"]
        for node in found
        if not (node["description"] and node["groupName"] and node["kinds"] and node["owners"])
    ]
    assert bare == []
    assert {owner["email"] for node in found for owner in node["owners"]} == {"data@example.test"}


def test_every_gate_is_a_check_and_the_failed_one_shows(opened: Opened) -> None:
    found = opened.ask(
        "{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks"
        " { name executionForLatestMaterialization { status } } } } } }"
    )["assetNodes"]
    gates = {
        tuple(node["assetKey"]["path"]): check["executionForLatestMaterialization"]
        for node in found
        for check in node["assetChecksOrError"].get("checks", [])
        if check["name"] == "gate"
    }
    assert gates.keys() == set(validate.suite_keys())
    failed = {key for key, last in gates.items() if last and last["status"] == "FAILED"}
    assert failed == {("raw", "loads")}


def test_tables_show_their_rows_and_columns(opened: Opened) -> None:
    found = opened.ask(
        '{ assetNodeOrError(assetKey: {path: ["marts", "fct_orders"]}) { ... on AssetNode {'
        " assetMaterializations(limit: 1) { metadataEntries { label } } } } }"
    )["assetNodeOrError"]
    (last,) = found["assetMaterializations"]
    assert {"dagster/row_count", "dagster/column_schema"} <= {m["label"] for m in last["metadataEntries"]}


def test_a_model_shows_the_picture_of_its_backtest(opened: Opened) -> None:
    found = opened.ask(
        '{ assetNodeOrError(assetKey: {path: ["models", "churn"]}) { ... on AssetNode {'
        " assetMaterializations(limit: 1) { metadataEntries {"
        " label ... on MarkdownMetadataEntry { mdStr } } } } } }"
    )["assetNodeOrError"]
    (last,) = found["assetMaterializations"]
    told = {one["label"]: one.get("mdStr", "") for one in last["metadataEntries"]}
    head, image = told["backtest"].removesuffix(")").split("base64,")
    assert head.endswith("(data:image/svg+xml;")
    shown = ElementTree.fromstring(base64.b64decode(image)).itertext()
    assert {"Calibration", "Lift", "ROC", "What it rests on"} <= set(shown)


def test_a_browser_shows_the_graph_a_run_and_a_failed_gate_and_asks_nobody_else(opened: Opened) -> None:
    screenshots, address = opened.screenshots, opened.address
    if not screenshots.CHROMIUM.exists():
        pytest.skip(f"needs {screenshots.CHROMIUM}, Debian's package chromium")
    seen = screenshots.Seen()
    with screenshots.browser(seen) as page:
        graph = screenshots.see_graph(page, address)
        run = screenshots.see_run(page, address, screenshots.latest_run(address, "SUCCESS"))
        gate = screenshots.see_gate(page, address, "raw/loads")
    for group in ("feeds", "raw", "users", "behaviour", "value", "lifecycle", "predictions", "published"):
        assert group in graph.split()
    for step in ("Success", "feeds__app_events", "gate_raw", "build_marts", "partition: 2026-06-30"):
        assert step in run
    assert "refused share within each feed's limit" in gate
    assert "1 offending row" in gate
    assert "FAILED" in gate
    assert seen.hosts == {"127.0.0.1"}
    assert seen.errors == []

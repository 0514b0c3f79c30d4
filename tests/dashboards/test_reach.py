"""Who sees, hears or types: axe finds nothing serious, every control is reached by Tab, definitions too."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from dashboards.specification import pages
from tests.dashboards.site import PYTHON, Seen, address_of, opened

AXE = next(PYTHON.parents[1].glob("lib/python*/site-packages/axe_core_python/axe.min.js"), None)
# Dash's own dropdown keeps a hidden field for the focus beside its button, and Mantine two notification
# areas of one id; neither is this project's to mend, and neither keeps anybody from anything.
NOT_OURS = {"aria-hidden-focus", "duplicate-id"}
EVERY = [(page.page, language) for page in pages() for language in ("en", "zh")]


@pytest.mark.parametrize(("name", "language"), [*EVERY, ("person", "en"), ("person", "zh")])
def test_axe_finds_nothing_serious(address: str, window: tuple[Page, Seen], name: str, language: str) -> None:
    assert AXE is not None, "axe-core-python is not in the dashboards' environment"
    shown, _ = window
    found = next((page for page in pages() if page.page == name), None)
    opened(
        shown,
        address_of(address, found, language) if found else f"{address}/{'zh/' * (language == 'zh')}{name}",
    )
    shown.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = shown.evaluate("axe.run()")
    rules = {rule["id"] for rule in result["passes"]}
    assert rules, "axe looked at something"
    serious = {
        rule["id"]: rule["nodes"][0]["html"]
        for rule in result["violations"]
        if rule["impact"] in ("serious", "critical") and rule["id"] not in NOT_OURS
    }
    assert serious == {}


def test_every_definition_is_reached_by_tab_and_shown(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    opened(shown, address)
    reached: list[str] = []
    shown.evaluate("document.body.focus()")
    for _ in range(120):
        shown.keyboard.press("Tab")
        where_at = "document.activeElement.getAttribute('aria-label') || document.activeElement.id || ''"
        reached.append(str(shown.evaluate(where_at)))
        if reached[-1] == "Definition of Stickiness":
            assert shown.locator("#overview-0-en-en-stickiness-meaning").is_visible()
            assert "DAU / MAU" in shown.inner_text("#overview-0-en-en-stickiness-meaning")
    wanted = {f"Definition of {what}" for what in ("DAU", "MAU", "Revenue", "Conversion rate", "Stickiness")}
    assert wanted <= set(reached)
    assert "language-switch" in reached
    assert any("period" in name for name in reached), "the filters are reached"


def test_the_switch_leads_to_the_same_page_in_the_other_language(
    address: str, window: tuple[Page, Seen]
) -> None:
    shown, _ = window
    for path, title in (("/", "总览"), ("/churn", "流失预警"), ("/person", "用户详情")):
        opened(shown, address + path)
        shown.click("#language-switch")
        shown.wait_for_function(f"document.querySelector('#page-title').innerText.includes('{title}')")


def test_every_chart_has_a_name(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    for page in pages():
        opened(shown, address_of(address, page, "en"))
        charts = [panel for panel in page.panels if panel.kind not in ("numbers", "table")]
        named = shown.eval_on_selector_all("[role=figure]", "all => all.map(e => e.ariaLabel)")
        assert sorted(named) == sorted(panel.title["en"] for panel in charts)

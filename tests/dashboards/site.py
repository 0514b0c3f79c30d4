"""The pages served from a data folder, and a headless browser that looks at them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from dashboards.specification import Page as Specified
from dashboards.specification import pages
from docs.screenshots import Seen, browser, free_port

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-dashboards" / "bin" / "python"
SETTLED = """() => document.querySelectorAll('.figure-container, .person form').length > 0
    && !document.querySelector('[data-dash-is-loading=true]')"""


@contextlib.contextmanager
def served(data: Path, wait_seconds: float = 90) -> Iterator[str]:
    """The address of the pages over a data folder, for as long as the block lasts."""
    port = free_port()
    variables = {name: value for name, value in os.environ.items() if not name.startswith("USEROPS_")}
    server = subprocess.Popen(
        [str(PYTHON), "-m", "dashboards.app", "--data", str(data), "--port", str(port)],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + wait_seconds
        while not _answers(address):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the dashboards did not start")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def address_of(address: str, page: Specified, language: str) -> str:
    """Where a page lies: the first one in English at the root."""
    if language == "en" and pages()[0].page == page.page:
        return f"{address}/"
    return f"{address}/{'zh/' * (language == 'zh')}{page.page}"


def opened(page: Page, address: str) -> None:
    """Go to a page and wait until every figure on it is drawn."""
    page.goto(address)
    page.wait_for_selector("#page-components", timeout=30_000)
    page.wait_for_load_state("networkidle", timeout=30_000)
    page.wait_for_function(SETTLED, timeout=30_000)
    page.wait_for_timeout(150)


def choose(page: Page, selector: str, place: int) -> str:
    """Choose the option at a place in a dropdown and wait for what it shows; nothing where there is none."""
    page.click(f"#{selector}")
    options = page.locator(".dash-dropdown-option, .dash-options-list-option")
    options.first.wait_for()
    if options.count() <= place:
        return ""
    chosen = options.nth(place).inner_text().strip()
    options.nth(place).click()
    page.keyboard.press("Escape")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(300)
    return chosen


@contextlib.contextmanager
def fresh(page: Page) -> Iterator[Page]:
    """A tab of a context of its own: what is chosen in a shared one would be remembered there."""
    assert page.context.browser is not None
    context = page.context.browser.new_context(viewport={"width": 1400, "height": 1000})
    try:
        yield context.new_page()
    finally:
        context.close()


def numbers_on(page: Page) -> dict[str, str]:
    """Every number on the page by its metric."""
    found = page.eval_on_selector_all("[data-metric]", "all => all.map(e => [e.dataset.metric, e.innerText])")
    return {str(name): str(text) for name, text in found}


__all__ = ["Seen", "address_of", "browser", "choose", "fresh", "numbers_on", "opened", "served"]

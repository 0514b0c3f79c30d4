"""Look at the Dagster UI of a built data folder in a headless browser, and keep the pictures.

`make screenshots` builds a small world, one good night and one that a spoiled file stops, and writes
its pictures to docs/; the end-to-end test looks at the same pages.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.e2e.house import spoil_landing

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTLED_MS = 2500
VIEWPORT: ViewportSize = {"width": 1400, "height": 1350}


@dataclass
class Seen:
    """What the browser met: errors in its console, and hosts it asked."""

    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def ui(variables: Mapping[str, str], wait_seconds: float = 180) -> Iterator[str]:
    """The Dagster UI of the tenant and folder the variables name, started and stopped here."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "orchestration.ui", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + wait_seconds
        while not _answers(f"{address}/server_info"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the UI did not start")
            time.sleep(0.5)
        yield address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def browser(seen: Seen) -> Iterator[Page]:
    """A page of a headless Chromium that notes console errors and hosts."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        page = chromium.new_page(viewport=VIEWPORT)
        page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: seen.hosts.add(asked.url.split("/")[2].split(":")[0]))
        yield page
        chromium.close()


def ask(address: str, query: str) -> Any:
    """The answer of the UI's own API to a GraphQL query."""
    request = urllib.request.Request(
        f"{address}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["data"]


def latest_run(address: str, status: str) -> str:
    """The id of the newest run with a status."""
    wanted = "{ ... on Runs { results { runId } } }"
    query = f"{{ runsOrError(filter: {{statuses: [{status}]}}, limit: 1) {wanted} }}"
    found = ask(address, query)["runsOrError"]["results"]
    return str(found[0]["runId"]) if found else ""


def see_graph(page: Page, address: str) -> str:
    """The graph of all groups, from the feeds to the published file; returns what the page says."""
    page.goto(f"{address}/asset-groups")
    page.get_by_text("published").first.wait_for(timeout=60_000)
    said = _settled(page)
    # The graph alone, fitted to the page: its two side bars away, then a double click beside it. The bar
    # at the top covers the upper edge of what fits: it is pulled down a little.
    page.locator('button:right-of([placeholder^="Jump to"])').first.click()
    page.get_by_text("Hide navigation").click()
    page.wait_for_timeout(SETTLED_MS)
    page.mouse.dblclick(VIEWPORT["width"] - 200, 130)
    page.wait_for_timeout(SETTLED_MS)
    page.mouse.move(VIEWPORT["width"] - 200, 150)
    page.mouse.down()
    page.mouse.move(VIEWPORT["width"] - 200, 184, steps=8)
    page.mouse.up()
    page.wait_for_timeout(SETTLED_MS)
    return said


def see_run(page: Page, address: str, run: str) -> str:
    """A run: its steps over time, and what each said."""
    page.goto(f"{address}/runs/{run}")
    # The frame stands before the events have come; steps are named by the flat view and by the list
    # of those that succeeded. The list of events draws only the rows in sight.
    page.get_by_text(re.compile(r"Succeeded \([1-9]")).first.wait_for(timeout=120_000)
    page.locator("button:left-of(:text('Re-execute'))").first.click()
    page.get_by_text("Succeeded (").first.click()
    page.get_by_text("gate_raw").first.wait_for(timeout=60_000)
    return _settled(page)


def see_gate(page: Page, address: str, asset: str) -> str:
    """The last result of a table's gate, with every expectation."""
    page.goto(f"{address}/assets/{asset}?view=checks")
    page.get_by_text("[Show Markdown]").first.click(timeout=60_000)
    page.get_by_text("expectation", exact=True).first.wait_for(timeout=60_000)
    return _settled(page)


def _settled(page: Page) -> str:
    page.wait_for_timeout(SETTLED_MS)
    return page.inner_text("body")


def take(variables: Mapping[str, str], out: Path, say: Callable[[str], None] = print) -> Seen:
    """The asset graph, the newest good run, and the gate that failed the newest bad one."""
    seen = Seen()
    with ui(variables) as address, browser(seen) as page:
        see_graph(page, address)
        page.screenshot(path=str(out / "asset_graph.png"))
        see_run(page, address, latest_run(address, "SUCCESS"))
        page.screenshot(path=str(out / "run.png"))
        see_gate(page, address, "raw/loads")
        # Below the results there are only the plots of earlier nights.
        above = {"x": 0, "y": 0, "width": VIEWPORT["width"], "height": 900}
        page.screenshot(path=str(out / "failed_gate.png"), clip=above)
    say(f"wrote asset_graph.png, run.png and failed_gate.png to {out}")
    return seen


def two_nights(folder: Path) -> dict[str, str]:
    """Build a small demo world, then a night that its gate stops; returns the folder's variables."""
    variables = {
        "USEROPS_TENANT": "demo",
        "USEROPS_PSEUDONYM_KEY": "a key for pictures only",
        "USEROPS_DATA": str(folder / "data"),
        "USEROPS_LANDING": str(folder / "landing"),
    }
    paths = ("--out", str(folder / "landing"), "--truth", str(folder / "truth"))
    _run({}, "demo.generate", *paths, "--people", "300")
    _run(variables, "orchestration.nightly")
    spoil_landing(folder / "landing", folder / "spoiled")
    variables["USEROPS_LANDING"] = str(folder / "spoiled")
    _run(variables, "orchestration.nightly", expected=1)
    return variables


def _run(variables: Mapping[str, str], module: str, *arguments: str, expected: int = 0) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False)
    if done.returncode != expected:
        raise RuntimeError(f"{module} ended with {done.returncode} instead of {expected}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        take(two_nights(Path(folder)), options.out)


if __name__ == "__main__":
    main()

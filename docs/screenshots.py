"""Look at the Dagster UI of a built data folder in a headless browser, and keep the pictures.

`make screenshots DATA=...` writes them to docs/; the end-to-end test looks at the same pages.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
def ui(tenant: str, data: Path, wait_seconds: float = 120) -> Iterator[str]:
    """The Dagster UI of a data folder, started and stopped here; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "orchestration.ui", "--tenant", tenant, "--data", str(data)]
    server = subprocess.Popen(
        [*command, "--port", str(port)],
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
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = chromium.new_page(viewport={"width": 1700, "height": 1000})
        page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: seen.hosts.add(asked.url.split("/")[2].split(":")[0]))
        yield page
        chromium.close()


def visit(page: Page, address: str, ready: str, picture: Path | None = None) -> str:
    """Open a page, wait for a text to show, and return what the page says."""
    page.goto(address)
    page.get_by_text(ready).first.wait_for(timeout=60_000)
    page.wait_for_timeout(2500)
    if picture is not None:
        page.screenshot(path=str(picture))
    return page.inner_text("body")


def latest_run(address: str, status: str) -> str:
    """The id of the newest run with a status, asked of the UI's own API."""
    wanted = "{ ... on Runs { results { runId } } }"
    query = f"{{ runsOrError(filter: {{statuses: [{status}]}}, limit: 1) {wanted} }}"
    request = urllib.request.Request(
        f"{address}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        found = json.load(response)["data"]["runsOrError"]["results"]
    return str(found[0]["runId"]) if found else ""


def take(tenant: str, data: Path, out: Path, say: Callable[[str], None] = print) -> Seen:
    """The asset graph, the newest good run, and the newest failed one with its gate."""
    seen = Seen()
    with ui(tenant, data) as address, browser(seen) as page:
        visit(page, f"{address}/asset-groups", "fct_events", out / "asset_graph.png")
        for status, name in (("SUCCESS", "run.png"), ("FAILURE", "failed_gate.png")):
            if run := latest_run(address, status):
                visit(page, f"{address}/runs/{run}", "gate_raw", out / name)
                say(f"wrote {name}")
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenant", default="demo")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    take(options.tenant, options.data, options.out)


if __name__ == "__main__":
    main()

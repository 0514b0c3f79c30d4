"""A Superset of the test's own on loopback: its state in one folder, its settings those the docs name."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, Response, sync_playwright

from docs.screenshots import CHROMIUM, QUIET, free_port

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv-superset" / "bin"


@dataclass(frozen=True)
class Server:
    """Where it listens and who may log in."""

    address: str
    password: str


@contextlib.contextmanager
def serving(home: Path, bundle: Path, wait_seconds: float = 180) -> Iterator[Server]:
    """Superset with the bundle imported, for as long as the block lasts."""
    password = secrets.token_urlsafe(12)
    quiet = (ROOT / "clients" / "superset" / "quiet_config.py").read_text(encoding="utf-8")
    database = f"sqlite:///{home / 'superset.db'}"
    (home / "superset_config.py").write_text(
        f"{quiet}\nSECRET_KEY = {secrets.token_urlsafe(42)!r}\nSQLALCHEMY_DATABASE_URI = {database!r}\n"
    )
    variables = {name: value for name, value in os.environ.items() if not name.startswith("USEROPS_")}
    variables |= {"SUPERSET_CONFIG_PATH": str(home / "superset_config.py"), "SUPERSET_HOME": str(home)}
    who = ("--username", "admin", "--firstname", "a", "--lastname", "b", "--email", "a@example.test")
    for command in (
        ("db", "upgrade"),
        ("fab", "create-admin", *who, "--password", password),
        ("init",),
        ("import-dashboards", "--path", str(bundle), "--username", "admin"),
    ):
        done = subprocess.run(
            [BIN / "superset", *command], env=variables, cwd=home, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"superset {command[0]} failed: {done.stderr[-2000:]}")
    port = free_port()
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [BIN / "gunicorn", "--threads", "8", "--bind", f"127.0.0.1:{port}", "superset.app:create_app()"],
            env=variables, cwd=home, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + wait_seconds
        while not _answers(f"http://127.0.0.1:{port}/health"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Superset did not start: {(home / 'log').read_text()[-2000:]}")
            time.sleep(0.5)
        yield Server(f"http://127.0.0.1:{port}", password)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@dataclass
class Visitor:
    """Somebody logged in, what their browser got from the chart API, and whom else it asked."""

    page: Page
    server: Server
    answers: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def listen(self) -> None:
        self.page.on("response", self._note)
        self.page.on("request", lambda one: self.asked.append(one))
        self.page.on("requestfailed", lambda one: self.refused.update({one.url: str(one.failure)}))

    def _note(self, response: Response) -> None:
        if "/api/v1/chart/data" in response.url:
            chart = json.loads(response.request.post_data or "{}")["form_data"]["slice_id"]
            self.answers.append((chart, response.status, response.json()))

    def log_in(self) -> None:
        self.page.goto(f"{self.server.address}/login/")
        self.page.locator("#username").fill("admin")
        self.page.locator("#password").fill(self.server.password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/superset/welcome/**", timeout=60_000)

    def charts(self) -> dict[str, list[dict[str, Any]]]:
        """Open the dashboard; each chart's name to the rows it asked the API for and is drawn from."""
        listed = self.page.request.get(f"{self.server.address}/api/v1/chart/?q=(page_size:100)").json()
        names = {one["id"]: one["slice_name"] for one in listed["result"]}
        self.answers.clear()
        self.page.goto(f"{self.server.address}/superset/dashboard/user-operations/")
        for _ in range(240):
            if len({chart for chart, _, _ in self.answers}) == len(names):
                break
            self.page.wait_for_timeout(500)
        self.page.wait_for_timeout(2000)
        failed = [(names[chart], told) for chart, status, told in self.answers if status != 200]
        assert not failed, failed
        return {names[chart]: told["result"][0]["data"] for chart, _, told in self.answers}

    def run_sql(self, sql: str) -> tuple[int, str]:
        """What SQL Lab says to a query: the status and the text."""
        token = self.page.request.get(f"{self.server.address}/api/v1/security/csrf_token/").json()["result"]
        answer = self.page.request.post(
            f"{self.server.address}/api/v1/sqllab/execute/",
            data={"database_id": 1, "sql": sql, "client_id": secrets.token_hex(5), "runAsync": False},
            headers={"X-CSRFToken": token, "Referer": self.server.address},
            timeout=60_000,
        )
        return answer.status, answer.text()


@contextlib.contextmanager
def visiting(server: Server) -> Iterator[Visitor]:
    """A headless browser, logged in."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        # So tall that no chart waits to be scrolled to.
        visitor = Visitor(chromium.new_page(viewport={"width": 1400, "height": 2600}), server)
        visitor.listen()
        visitor.log_in()
        yield visitor
        chromium.close()

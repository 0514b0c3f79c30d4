"""What a page opened by its address asks for: each thing once, Plotly late, nothing that no page uses."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, Request, Response

from tests.dashboards.site import PYTHON, ROOT, Seen, opened

# Asks a new process what a browser asked, and says which queries the file was not asked for beforehand.
REPLAYED = """
import json, sys
from pathlib import Path
from dashboards import frame, warming
from dashboards.published import Published
published = Published(Path(sys.argv[1]))
application = frame.build(published).server.test_client()
warming.ask(published)
before = set(published._answers)
assert before
for address, body in json.load(sys.stdin):
    answer = application.post(address, data=body, content_type="application/json")
    assert answer.status_code == 200, address
print(json.dumps([sql for sql, given in set(published._answers) - before]))
"""


def test_a_page_asks_for_everything_once_and_keeps_what_is_versioned(
    address: str, window: tuple[Page, Seen]
) -> None:
    shown, seen = window
    seen.errors.clear()
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    shown.on("response", note)
    opened(shown, f"{address}/growth")
    shown.remove_listener("response", note)
    paths = [answer.url.removeprefix(address).split("?")[0] for answer in answers]
    for once in ("/_dash-layout", "/_dash-dependencies", "/assets/pages.css"):
        assert paths.count(once) == 1, once
    assert sum(re.search("/plotly/.*[.]js", path) is not None for path in paths) == 1
    for once in ("inter-variable-font", "material-symbols-outlined", "async-dropdown"):
        assert sum(once in path for path in paths) == 1, once
    unused = ("polyfill", "dash_table", "mantine", "vizro_dash_components", "ag_grid", "aggrid", "date_time")
    assert not [path for path in paths if any(name in path for name in unused)]
    kept = {answer.url: answer.headers.get("cache-control", "") for answer in answers if "?m=" in answer.url}
    assert kept
    assert all("max-age=31536000" in how for how in kept.values()), kept
    assert seen.errors == []


def test_the_index_names_early_what_dash_asks_for_late(address: str) -> None:
    with urllib.request.urlopen(f"{address}/?v=1") as answer:
        index = answer.read().decode()
        # Whatever its address says, a page is none of the files that are kept.
        assert "max-age" not in (answer.headers["cache-control"] or "")
    early = re.findall(r'<link rel="preload" href="([^"]+)" as="(\w+)"', index)
    assert ("/_dash-layout", "fetch") in early
    assert ("/_dash-dependencies", "fetch") in early
    assert [kind for path, kind in early if "/plotly/" in path] == ["script"]
    scripts = re.findall(r'<script[^>]*src="([^"]+)"', index)
    assert any("dash_renderer" in path for path in scripts)
    assert not [path for path in scripts if "/plotly/" in path]


def test_what_a_page_asks_as_it_is_opened_was_asked_before(
    address: str, window: tuple[Page, Seen], published_file: Path
) -> None:
    shown, _ = window
    asked: list[tuple[str, str | None]] = []

    def note(request: Request) -> None:
        if "/_dash-update-component" in request.url:
            asked.append((request.url.removeprefix(address), request.post_data))

    # A context of its own: what was chosen in the shared one would be remembered there.
    assert shown.context.browser is not None
    fresh = shown.context.browser.new_context()
    try:
        page = fresh.new_page()
        page.on("request", note)
        for path in ("/", "/zh/growth", "/churn", "/zh/experiments", "/feedback"):
            opened(page, address + path)
    finally:
        fresh.close()
    assert len(asked) >= 10, "each page asks for itself and for what is on it"
    done = subprocess.run(
        [str(PYTHON), "-c", REPLAYED, str(published_file)],
        cwd=ROOT,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []

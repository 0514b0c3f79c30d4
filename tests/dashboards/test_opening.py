"""What a page opened by its address asks for: each thing once, Plotly late, nothing that no page uses."""

from __future__ import annotations

import re
import urllib.request

from playwright.sync_api import Page, Response

from tests.dashboards.site import Seen, opened


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
    assert not [path for path in paths if "polyfill" in path or "dash_table" in path]
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

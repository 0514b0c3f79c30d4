"""How long a reader waits for each page: `python -m bench.dashboards [--data] [--times]`. Asserts nothing.

Each page is opened by its address, which starts the whole application anew, and from the menu, as a reader
goes on. Beside the waits stand the processor's seconds of server and browser together, which a busy machine
stretches less, and the seconds DuckDB alone takes over the same questions.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from bench.night import night, timed
from dashboards import answers, choices
from dashboards.published import Published
from dashboards.specification import Page as Specified
from dashboards.specification import pages
from docs.screenshots import Seen, browser
from tests.dashboards.site import SETTLED, address_of, served

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass
class Waits:
    """Seconds of one page's openings, and the processor's seconds of each opening from the menu."""

    by_address: list[float] = field(default_factory=list)
    from_menu: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def processor() -> float:
    """Seconds of processor time of everything this process has started and that still runs."""
    spent: dict[int, float] = {}
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        process = int(path.parent.name)
        parents[process] = int(fields[1])
        spent[process] = (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
    ours = {os.getpid()}
    while more := {process for process, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(spent[process] for process in ours - {os.getpid()})


def bare(pointer: Path, page: Specified) -> float:
    """Seconds of a page's questions, asked of a file that was just opened."""
    published = Published(pointer)
    answers.as_of(published)
    began = time.monotonic()
    given = {choice.name: choice.options[0]["value"] for choice in page.choices if choice.options}
    given = choices.filled(published, page, {"period": page.period, **given}, "en")
    for panel in page.panels:
        answers.answer(published, panel, answers.Chosen.of(given), "en")
    return time.monotonic() - began


def drawn(shown: Page, page: Specified) -> None:
    """Wait until the page's own figures are there."""
    shown.wait_for_function(f"document.querySelector('#page-title')?.innerText === '{page.title['en']}'")
    shown.wait_for_selector("#page-components .figure-container")
    shown.wait_for_function(SETTLED)


def measured(data: Path, times: int) -> dict[str, Waits]:
    """Every page opened by its address and from the menu, again and again."""
    found = {page.page: Waits() for page in pages()}
    with served(data) as address, browser(Seen()) as shown:
        for _ in range(times):
            for page in pages():
                began = time.monotonic()
                shown.goto(address_of(address, page, "en"))
                drawn(shown, page)
                found[page.page].by_address.append(time.monotonic() - began)
            for page in pages():
                path = address_of("", page, "en")
                began, spent = time.monotonic(), processor()
                shown.evaluate(f"document.querySelector('#left-side a[href=\"{path}\"]').click()")
                drawn(shown, page)
                found[page.page].from_menu.append(time.monotonic() - began)
                found[page.page].processor.append(processor() - spent)
    return found


def p95(seconds: Sequence[float]) -> float:
    """The second at which 95 % of the openings are done, by the nearest rank."""
    return sorted(seconds)[max(0, round(0.95 * len(seconds)) - 1)]


def told(found: Mapping[str, Waits], alone: Mapping[str, float]) -> list[str]:
    """The table: one line a page, and all of them together."""
    titles = ("by address", "p95", "from menu", "p95", "processor", "queries")
    lines = [f"{'page':<18}{''.join(f'{title:>12}' for title in titles)}"]
    for name, waits in found.items():
        lines.append(
            f"{name:<18}{statistics.median(waits.by_address):>12.2f}{p95(waits.by_address):>12.2f}"
            f"{statistics.median(waits.from_menu):>12.2f}{p95(waits.from_menu):>12.2f}"
            f"{statistics.median(waits.processor):>12.2f}{alone[name]:>12.2f}"
        )
    for word in ("by_address", "from_menu", "processor"):
        every = [value for waits in found.values() for value in getattr(waits, word)]
        lines.append(f"p95 {word.replace('_', ' ')}: {p95(every):.2f} s over {len(every)} openings")
    lines.append(
        f"{os.getloadavg()[0]:.1f} processes wanted {os.cpu_count()} processors over the last minute"
    )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="", help="a data folder with a published file")
    parser.add_argument("--people", type=int, default=2000, help="of the demo world built without --data")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(options.data or folder)
        if not options.data:
            landing = data / "landing"
            made = ("--people", str(options.people), "--out", str(landing), "--truth", str(data / "truth"))
            timed([sys.executable, "-m", "demo.generate", *made])
            timed(night(data, "--landing", str(landing)))
        found = measured(data, options.times)
        alone = {page.page: bare(data / "published" / "current.duckdb", page) for page in pages()}
    print("\n".join(told(found, alone)))


if __name__ == "__main__":
    main()

"""What is shown once people are chosen, beside queries written by hand instead of the page's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page

from dashboards.answers import PEOPLE
from dashboards.saying import said
from dashboards.specification import Page as Specified
from dashboards.specification import pages
from tests.dashboards.cells import ROWS, is_written, same_rows
from tests.dashboards.chosen_by_hand import TOLD, WHO, Told
from tests.dashboards.site import Seen, address_of, numbers_on, opened

CUT_AFTER = 200
LOOKS, LOOK_MS, RESTING_LOOKS = 300, 100, 5
DRAWN = """title => {
    const chart = document.querySelector(`.figure-container[aria-label="${title}"] .chart`);
    return chart.data.map(t => ({flat: t.orientation === 'h' || t.type === 'funnel', name: t.name,
        x: [...t.x], y: [...t.y], z: t.z ? t.z.map(r => [...r]) : null}));
}"""
NOTES = "[...document.querySelectorAll('.note, .rows-shown, .was')].map(e => e.innerText).join(' ')"


@dataclass(frozen=True)
class Choice:
    """What is chosen: of each filter how many of the commonest values, and the days of the period."""

    of_each: Mapping[str, int]
    days: int = 0


CHOICES = {
    "country": Choice({"country": 1}),
    "channel": Choice({"channel": 2}),
    "platform": Choice({"platform": 1}),
    "segment": Choice({"segment": 2}),
    "all-of-them": Choice({"country": 2, "channel": 3, "platform": 2, "segment": 3}),
    "period-and-platform": Choice({"platform": 1}, 90),
}
PAGES = {page.page: page for page in pages()}
EACH = [
    (PAGES[name], chosen)
    for name in dict.fromkeys(told.page for told in TOLD)
    for chosen, choice in CHOICES.items()
    if "period" in PAGES[name].filters or not choice.days
]


@dataclass
class Answers:
    """The published file, asked by hand."""

    connection: duckdb.DuckDBPyConnection
    as_of: date

    def values(self, name: str, count: int) -> list[str]:
        """The commonest values of a filter among people with a segment."""
        found = self.connection.execute(
            f"select {PEOPLE[name]} from marts.dim_user_profiles where {PEOPLE[name]} is not null"
            " and segment_name is not null group by 1 order by count(*) desc, 1 limit ?",
            [count],
        ).fetchall()
        return [value for (value,) in found]

    def rows(self, sql: str, who: str, days: int) -> list[tuple[Any, ...]]:
        first = self.as_of - timedelta(days=days - 1) if days else date(1900, 1, 1)
        given = {"first": first, "last": self.as_of}
        used = {name: day for name, day in given.items() if f"${name}" in sql}
        return self.connection.execute(sql.replace("{who}", who), used).fetchall()


@pytest.fixture(scope="module")
def answers(published_file: Path, as_of: date) -> Iterator[Answers]:
    with duckdb.connect(published_file, read_only=True) as connection:
        yield Answers(connection, as_of)


@dataclass
class Asked:
    """What a page has asked the server since a choice, and how much of it is not answered yet."""

    times: int = 0
    waiting: int = 0

    def begun(self, _: Any) -> None:
        self.times += 1
        self.waiting += 1

    def ended(self, _: Any) -> None:
        self.waiting -= 1


def _answered(tab: Page, asked: Asked) -> None:
    """Wait until the page has asked for what was chosen, and has been answered, and rests."""
    resting = 0
    for _ in range(LOOKS):
        tab.wait_for_timeout(LOOK_MS)
        resting = resting + 1 if asked.times and not asked.waiting else 0
        if resting == RESTING_LOOKS:
            return
    raise AssertionError(f"asked {asked.times} times, {asked.waiting} of them not answered yet")


@contextmanager
def _chosen(window: Page, address: str, page: Specified, labels: Mapping[str, list[str]]) -> Iterator[Page]:
    """The page with its filters set, in a context that nothing chosen stays in."""
    assert window.context.browser is not None
    fresh = window.context.browser.new_context(viewport={"width": 1400, "height": 1000})
    try:
        tab = fresh.new_page()
        opened(tab, address_of(address, page, "en"))
        asked = Asked()
        tab.on("request", asked.begun)
        tab.on("requestfinished", asked.ended)
        for name, wanted in labels.items():
            tab.click(f"#{page.page}-{name}-en-selector")
            options = tab.locator(".dash-dropdown-option, .dash-options-list-option")
            asked.times = 0
            for label in wanted:
                options.get_by_text(label, exact=True).click()
            tab.keyboard.press("Escape")
            _answered(tab, asked)
        yield tab
    finally:
        fresh.close()


def _points(traces: list[dict[str, Any]]) -> dict[tuple[str, ...], float]:
    """What is drawn by what it is called: of several series the series' name comes first."""
    found: dict[tuple[str, ...], float] = {}
    for one in traces:
        if one["z"]:
            cells = [
                (y, x, z)
                for y, row in zip(one["y"], one["z"], strict=True)
                for x, z in zip(one["x"], row, strict=True)
            ]
            found |= {(str(y), str(x)): z for y, x, z in cells if z is not None}
            continue
        keys, values = (one["y"], one["x"]) if one["flat"] else (one["x"], one["y"])
        series = (one["name"],) if len(traces) > 1 else ()
        found |= {(*series, str(key)): value for key, value in zip(keys, values, strict=True)}
    return found


def _held(tab: Page, told: Told, rows: list[tuple[Any, ...]]) -> None:
    if told.values:
        shown = tab.evaluate(ROWS, told.title)
        assert len(shown) == min(len(rows), CUT_AFTER)
        same_rows(shown, told.keys, told.values, rows)
        return
    points = _points(tab.evaluate(DRAWN, told.title))
    if rows and len(next(iter(points))) < len(rows[0]) - 1:
        # Of one series only its name is left out.
        rows = [row[1:] for row in rows]
    held = {tuple(str(part) for part in row[:-1]): row[-1] for row in rows}
    assert points.keys() == held.keys(), told.title
    for key, value in held.items():
        assert points[key] == pytest.approx(None if value is None else float(value), abs=1e-6), (
            told.title,
            key,
        )


@pytest.mark.parametrize(("page", "chosen"), EACH, ids=[f"{page.page}-{name}" for page, name in EACH])
def test_what_is_shown_is_of_the_people_chosen(
    address: str, window: tuple[Page, Seen], answers: Answers, page: Specified, chosen: str
) -> None:
    choice = CHOICES[chosen]
    wanted = {name: answers.values(name, count) for name, count in choice.of_each.items()}
    labels = {name: [str(said("channels", v, "en")) for v in values] for name, values in wanted.items()}
    if choice.days:
        labels["period"] = [f"Last {choice.days} days"]
    listed = {PEOPLE[name]: ", ".join(f"'{value}'" for value in values) for name, values in wanted.items()}
    who = " and ".join(f"{column} in ({values})" for column, values in listed.items())
    days = choice.days or (365 if page.page == "segments" else 0)
    with _chosen(window[0], address, page, labels) as tab:
        for told in (told for told in TOLD if told.page == page.page):
            rows = answers.rows(told.sql, who, days)
            assert rows, told.title
            _held(tab, told, rows)
        if page.page == "recommendations":
            (shown,) = numbers_on(tab).values()
            query = f"select count(distinct user_key) from marts.fct_next_actions where user_key in {WHO}"
            assert is_written(shown, answers.rows(query, who, 0)[0][0])
        assert "Shows everyone" not in tab.evaluate(NOTES)

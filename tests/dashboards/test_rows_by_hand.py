"""What each page shows in rows and draws, beside queries written by hand instead of its own."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page

from dashboards.specification import Page as Specified
from dashboards.specification import pages
from tests.dashboards import by_hand
from tests.dashboards.by_hand import Table
from tests.dashboards.cells import ROWS, is_written, same_rows
from tests.dashboards.site import Seen, address_of, opened

LENGTHS = {"days_30": 30, "days_90": 90, "days_365": 365}
CUT_AFTER = 200
DRAWN = """at => document.querySelectorAll('.js-plotly-plot')[at].data
    .map(t => ({name: t.name, x: [...t.x], y: [...t.y], z: t.z ? t.z.map(r => [...r]) : null}))"""


def _page(name: str) -> Specified:
    return next(page for page in pages() if page.page == name)


def _days(page: Specified, as_of: date) -> dict[str, date]:
    return {"first": as_of - timedelta(days=LENGTHS[page.period] - 1), "last": as_of}


def _asked(path: Path, sql: str, days: dict[str, date]) -> list[tuple[Any, ...]]:
    used = {name: day for name, day in days.items() if f"${name}" in sql}
    with duckdb.connect(path, read_only=True) as published:
        return published.execute(sql, used).fetchall()


@pytest.mark.parametrize("table", by_hand.TABLES, ids=lambda table: table.page)
def test_rows_shown_are_those_worked_by_hand(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date, table: Table
) -> None:
    page, (window_, _) = _page(table.page), window
    opened(window_, address_of(address, page, "en"))
    shown = [row for row in window_.evaluate(ROWS, table.title) if not table.only or row[0] == table.only]
    held = _asked(published_file, table.sql, _days(page, as_of))
    assert shown
    if table.page != "models":  # Which measures of a model are worth a row is the page's own choice.
        assert len(shown) == min(len(held), CUT_AFTER)
    same_rows(shown, table.keys, table.values, held)


def test_moves_shown_are_those_of_the_spans(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date
) -> None:
    page, (shown, _) = _page("lifecycle"), window
    opened(shown, address_of(address, page, "en"))
    held = {tuple(row[:3]): row[3] for row in _asked(published_file, by_hand.MOVES, _days(page, as_of))}
    told = {tuple(row[:3]): row[3] for row in shown.evaluate(ROWS, "Who moved")}
    both = held.keys() & told.keys()
    assert len(both) > 20
    assert not [key for key in both if not is_written(told[key], held[key])]


def _drawn(shown: Page, at: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shown.evaluate(DRAWN, at)
    return found


def test_active_people_drawn_are_counted_one_by_one(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date
) -> None:
    page, (shown, _) = _page("overview"), window
    opened(shown, address_of(address, page, "en"))
    dau, wau, mau = (dict(zip((x[:10] for x in one["x"]), one["y"], strict=True)) for one in _drawn(shown, 0))
    held = _asked(published_file, by_hand.ACTIVE, _days(page, as_of))
    assert len(held) == len(dau) == 30
    for day, *counts in held:
        assert [dau[str(day)], wau[str(day)], mau[str(day)]] == counts, day


def test_growth_drawn_is_told_week_by_week(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date
) -> None:
    page, (shown, _) = _page("growth"), window
    opened(shown, address_of(address, page, "en"))
    drawn = {
        one["name"]: dict(zip((x[:10] for x in one["x"]), one["y"], strict=True)) for one in _drawn(shown, 0)
    }
    held = _asked(published_file, by_hand.WEEKS, _days(page, as_of))
    assert len(held) == len(drawn["New"]) > 40
    for week, *counts in held:
        told = [drawn[name][str(week)] for name in ("Retained", "New", "Resurrected", "Churned")]
        assert told == counts, week


def test_cohorts_drawn_are_told_month_by_month(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date
) -> None:
    page, (shown, _) = _page("retention"), window
    opened(shown, address_of(address, page, "en"))
    (heat,) = _drawn(shown, 0)
    held = {(row[0], row[1]): row[2] for row in _asked(published_file, by_hand.COHORTS, {"last": as_of})}
    cells = {
        (cohort, period): rate
        for cohort, rates in zip(heat["y"], heat["z"], strict=True)
        for period, rate in zip(heat["x"], rates, strict=True)
        if rate is not None
    }
    assert len(cells) > 50
    for key, rate in cells.items():
        assert rate == pytest.approx(held.get(key, 0), abs=1e-7), key

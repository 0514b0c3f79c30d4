"""The page of data quality over a file of many nights: each period shows its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page

from dashboards.specification import pages
from tests.dashboards.site import Seen, choose, fresh, numbers_on, opened, served
from tests.dashboards.test_filters import followed
from tests.dashboards.test_filters_by_hand import ROWS

# Files, refusals and rules as if of a night every four days; the newest stays the file's own.
SPREAD = (
    "update marts.rpt_loads set loaded_on = as_of - 4 * (hash(file) % 60)::int",
    """
    update marts.rpt_loads set accepted = accepted - accepted // 9, quarantined = quarantined + accepted // 9
    where loaded_on < as_of
    """,
    "update marts.rpt_refusals set loaded_on = as_of - 4 * (hash(file) % 60)::int",
    """
    insert into marts.rpt_night_gates by name
    select * exclude (night, failed, n), night - 4 * n as night, n % 3 as failed
    from marts.rpt_night_gates cross join (select unnest(range(1, 60))::int as n)
    """,
)


@pytest.fixture(scope="module")
def many(published_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nights") / "published"
    folder.mkdir()
    shutil.copyfile(published_file, folder / "current.duckdb")
    with duckdb.connect(folder / "current.duckdb") as published:
        for statement in SPREAD:
            published.execute(statement)
    return folder / "current.duckdb"


@pytest.fixture(scope="module")
def address(many: Path) -> Iterator[str]:
    with served(many.parents[1]) as found:
        yield found


def test_each_panel_follows_the_period_or_says_that_it_does_not(
    address: str, window: tuple[Page, Seen]
) -> None:
    page = next(page for page in pages() if page.page == "quality")
    followed(address, window, page, "period")


@pytest.mark.parametrize(("place", "days"), [(0, 7), (2, 90)])
def test_nights_are_those_of_the_period(
    address: str, window: tuple[Page, Seen], many: Path, as_of: date, place: int, days: int
) -> None:
    with fresh(window[0]) as tab:
        opened(tab, f"{address}/quality")
        choose(tab, "quality-period-en-selector", place)
        cards = numbers_on(tab)
        files, nights, why = (
            tab.evaluate(ROWS, title) for title in ("Files", "Every night", "Why records were refused")
        )
        drawn = tab.evaluate("document.getElementById('quality-2-en').data.map(t => t.y)")
    with duckdb.connect(many, read_only=True) as published:

        def one(sql: str) -> tuple[Any, ...]:
            found = published.execute(sql, [as_of - timedelta(days=days)]).fetchone()
            return found or ()

        loads = one(
            "select sum(physical), sum(accepted), sum(quarantined), sum(duplicate), count(*),"
            " count(distinct loaded_on) from marts.rpt_loads where loaded_on > $1"
        )
        failed, told = one(
            "select sum(failed), count(distinct night) from marts.rpt_night_gates where night > $1"
        )
        (refused,) = one("select sum(records) from marts.rpt_refusals where loaded_on > $1")
    counted = [
        int(cards[name].replace(",", "")) for name in ("records", "accepted", "quarantined", "duplicate")
    ]
    assert counted == list(loads[:4])
    assert int(cards["failed"].replace(",", "")) == failed
    assert [sum(column) for column in drawn] == list(loads[1:4])
    assert len(drawn[0]) == loads[5]
    assert len(nights) == told
    assert sum(int(row[2].replace(",", "")) for row in nights) == loads[0]
    assert len(files) == min(loads[4], 200)
    assert sum(int(row[4].replace(",", "")) for row in why) == refused
    # The last night is the same whatever the period.
    assert int(cards["night_files"].replace(",", "")) < loads[4]

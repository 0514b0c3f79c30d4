"""Each filter of each page: what is shown changes with it, or says below that it does not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from dashboards.specification import Page as Specified
from dashboards.specification import pages
from tests.dashboards.site import Seen, address_of, choose, fresh, opened

# Of each panel, or card of a row of numbers: what it is called, what it shows, and what is said below.
SHOWN = """() => [...document.querySelectorAll('.figure-container')].flatMap(f => {
    const inner = selector => [...f.querySelectorAll(selector)].map(e => e.innerText).join(' ');
    const chart = f.querySelector('.chart');
    if (chart) return [[inner('.figure-title span:first-child'), JSON.stringify(chart.data), inner('.note')]];
    if (f.querySelector('.numbers'))
        return [...f.querySelectorAll('.number')].map(
            card => ['.label', '.value', '.before'].map(s => card.querySelector(s).innerText));
    return [[inner('.figure-title'), inner('tbody'), inner('.rows-shown')]];
})"""
EVERYONE = {"en": "Shows everyone", "zh": "显示全部用户"}
WHATEVER = {"en": "Whatever the period", "zh": "不随所选时间段变化"}
EACH = [(page, name) for page in pages() for name in page.filters]


@pytest.mark.parametrize(("page", "name"), EACH, ids=[f"{page.page}-{name}" for page, name in EACH])
def test_a_panel_follows_a_filter_or_says_that_it_does_not(
    address: str, window: tuple[Page, Seen], published_file: Path, page: Specified, name: str
) -> None:
    if page.page == "quality" and not _has_nights(published_file):
        pytest.skip("the file holds the same nights in every period: see test_nights.py")
    followed(address, window, page, name)


def _has_nights(published_file: Path) -> bool:
    with duckdb.connect(published_file, read_only=True) as published:
        sql = "select count(distinct night) filter (night <= as_of - 7) > 0 from marts.rpt_night_gates"
        (found,) = published.execute(sql).fetchone() or (False,)
    return bool(found)


def followed(address: str, window: tuple[Page, Seen], page: Specified, name: str) -> None:
    """Of a page the panels that a filter changes are those that do not say it does not."""
    language = "zh" if name == "country" else "en"
    window[1].errors.clear()
    with fresh(window[0]) as tab:
        opened(tab, address_of(address, page, language))
        before = tab.evaluate(SHOWN)
        if not choose(tab, f"{page.page}-{name}-{language}-selector", 0 if name == "period" else 1):
            pytest.skip("the file holds fewer than two to choose from")
        after = tab.evaluate(SHOWN)
        cut = tab.evaluate("[...document.querySelectorAll('.note')].filter(e => !e.clientHeight).length")
    said = WHATEVER if name == "period" else EVERYONE
    assert [what for what, _, _ in after] == [what for what, _, _ in before]
    noted = [what for what, _, below in after if said[language] in below]
    pairs = zip(before, after, strict=True)
    # The value of a day, or of the last so many, is held against that of another day in another period.
    same = [a[0] for a, b in pairs if a[1] == b[1] and (name != "period" or a[2] == b[2])]
    assert sorted(noted) == sorted(same)
    assert cut == 0
    # Nothing is said of people before any are chosen; of the period it is, since one always is.
    told = [what for what, _, below in before if said[language] in below]
    assert sorted(told) == (sorted(noted) if name == "period" else [])

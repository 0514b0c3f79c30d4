"""Each filter of each page: what is shown changes with it, or says below that it does not."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from dashboards.specification import Page as Specified
from dashboards.specification import pages
from tests.dashboards.site import SETTLED, Seen, address_of, opened

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
    address: str, window: tuple[Page, Seen], page: Specified, name: str
) -> None:
    language = "zh" if name == "country" else "en"
    shown, seen = window
    seen.errors.clear()
    # A context of its own: what is chosen in the shared one would be remembered there.
    assert shown.context.browser is not None
    fresh = shown.context.browser.new_context(viewport={"width": 1400, "height": 1000})
    try:
        tab = fresh.new_page()
        opened(tab, address_of(address, page, language))
        before = tab.evaluate(SHOWN)
        if not _choose(tab, f"{page.page}-{name}-{language}-selector", 0 if name == "period" else 1):
            pytest.skip("the file holds fewer than two to choose from")
        after = tab.evaluate(SHOWN)
        cut = tab.evaluate("[...document.querySelectorAll('.note')].filter(e => !e.clientHeight).length")
    finally:
        fresh.close()
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


def _choose(tab: Page, selector: str, place: int) -> bool:
    """Choose the option at a place in a dropdown, and wait for what it shows."""
    tab.click(f"#{selector}")
    options: Any = tab.locator(".dash-dropdown-option, .dash-options-list-option")
    options.first.wait_for()
    if options.count() <= place:
        return False
    options.nth(place).click()
    tab.keyboard.press("Escape")
    tab.wait_for_load_state("networkidle")
    tab.wait_for_function(SETTLED)
    tab.wait_for_timeout(300)
    return True

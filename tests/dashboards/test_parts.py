"""The pages' own components: charts follow theme and width, links in a table load nothing anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from dashboards.specification import pages
from tests.dashboards.site import Seen, address_of, opened

WIDTHS = "[...document.querySelectorAll('.chart')].map(e => [e._fullLayout?.width, e.clientWidth])"
SIZES = "[...document.querySelectorAll('.chart')].map(e => [e.clientHeight, e._fullLayout?.height])"
SCROLLED = "[...document.querySelectorAll('.scroll')].map(e => e.clientHeight)"
INK = "[...document.querySelectorAll('.chart')].map(e => e._fullLayout?.font.color)"

# The sides on which a chart was given less room than its labels took, and so was drawn again.
SHORT = """[...document.querySelectorAll('.chart.js-plotly-plot')].filter(e => e.layout.margin)
    .map(e => ['l', 'r', 't', 'b'].filter(
        side => e._fullLayout._size[side] > e.layout.margin[side] + 0.5).join(''))"""


def test_most_charts_have_their_room_beforehand(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    found = []
    for page in ("overview", "growth", "lifecycle", "portrait", "value", "feedback"):
        opened(shown, address_of(address, next(p for p in pages() if p.page == page), "en"))
        found += shown.evaluate(SHORT)
    assert len(found) > 15
    assert sum(not short for short in found) >= 0.8 * len(found), found


def test_charts_are_drawn_in_the_colours_of_the_theme(address: str, window: tuple[Page, Seen]) -> None:
    shown, seen = window
    seen.errors.clear()
    opened(shown, address)
    light = shown.evaluate(INK)
    shown.click("#theme-toggle")
    shown.wait_for_function(f"{INK}.every(ink => !{light}.includes(ink))")
    dark = shown.evaluate(INK)
    # What is drawn later is drawn in the theme that is on.
    shown.evaluate("document.querySelector('#left-side a[href=\"/retention\"]').click()")
    shown.wait_for_function("document.querySelector('#page-title').innerText === 'Retention'")
    shown.wait_for_function(f"{INK}.length > 0 && {INK}.every(ink => ink === '{dark[0]}')")
    shown.click("#theme-toggle")
    shown.wait_for_function(f"{INK}.every(ink => ink === '{light[0]}')")
    assert seen.errors == []


def test_charts_take_the_room_a_folded_menu_leaves(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    opened(shown, address)
    before = shown.evaluate(WIDTHS)
    shown.click("#collapse-icon")
    shown.wait_for_function(f"{WIDTHS}.every(([drawn, there]) => drawn === there && there > {before[0][1]})")
    shown.click("#collapse-icon")
    shown.wait_for_function(
        f"{WIDTHS}.every(([drawn, there]) => drawn === there && there === {before[0][1]})"
    )


def test_a_link_in_a_table_opens_the_person_without_loading_anew(
    address: str, window: tuple[Page, Seen]
) -> None:
    shown, _ = window
    opened(shown, f"{address}/churn")
    shown.evaluate("window.same = true")
    link = shown.locator("table.rows a").first
    person = link.get_attribute("title")
    link.click()
    shown.wait_for_selector("[data-fact=user_key]")
    assert shown.inner_text("[data-fact=user_key]") == person
    assert shown.evaluate("window.same") is True
    shown.go_back()
    shown.wait_for_selector("table.rows a")


@pytest.mark.parametrize("width", [1024, 768])
def test_charts_and_tables_keep_a_height_where_they_stand_below_each_other(
    address: str, window: tuple[Page, Seen], width: int
) -> None:
    shown, _ = window
    assert shown.viewport_size is not None
    before = shown.viewport_size
    shown.set_viewport_size({"width": width, "height": 900})
    try:
        for name in ("overview", "behaviour", "churn", "retention"):
            page = next(page for page in pages() if page.page == name)
            opened(shown, address_of(address, page, "en"))
            found = shown.evaluate(SIZES)
            drawn = [panel for panel in page.panels if panel.kind not in ("numbers", "table")]
            assert len(found) == len(drawn)
            for (there, plotted), panel in zip(found, drawn, strict=True):
                assert there >= (500 if panel.tall else 280), (name, panel.title["en"])
                assert plotted == there, (name, panel.title["en"])
            # A list of 200 people is turned over where it stands, not walked along.
            assert all(high <= 600 for high in shown.evaluate(SCROLLED)), name
    finally:
        shown.set_viewport_size(before)

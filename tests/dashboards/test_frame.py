"""What stands around charts and tables: the menu, what a chart means, and why figures were not updated."""

from __future__ import annotations

from playwright.sync_api import Page, Route

from dashboards.specification import pages
from tests.dashboards.site import Seen, opened

OPEN = "[...document.querySelectorAll('#left-side [aria-expanded=true]')].map(e => e.innerText)"


def test_the_menu_opens_by_key_and_stays_as_it_was_turned(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    opened(shown, f"{address}/value")
    shown.evaluate("sessionStorage.removeItem('userops_menu')")
    opened(shown, f"{address}/value")
    assert shown.evaluate(OPEN) == ["Value and risk"]
    link = shown.locator("#left-side a[href='/lifecycle']")
    assert not link.is_visible()
    shown.focus("#left-side button:has-text('People')")
    shown.keyboard.press("Enter")
    assert link.is_visible()
    opened(shown, f"{address}/churn")
    assert shown.evaluate(OPEN) == ["People", "Value and risk"]
    assert shown.inner_text("#left-side [aria-current=page]") == "Churn"
    # A page of another group opens its own group, and only that.
    shown.evaluate("window.same = true")
    shown.click("#left-side a[href='/lifecycle']")
    shown.wait_for_function("document.querySelector('#page-title').innerText === 'Life cycle'")
    assert shown.evaluate("window.same") is True, "nothing is loaded anew"
    assert shown.evaluate(OPEN) == ["People"]
    assert shown.inner_text("#left-side [aria-current=page]") == "Life cycle"


def test_the_menu_has_every_page_in_its_language(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    for language, root, person in (("en", "/", "A person"), ("zh", "/zh/overview", "用户详情")):
        opened(shown, address + root)
        found = shown.eval_on_selector_all("#left-side a", "all => all.map(e => e.textContent)")
        assert sorted(found) == sorted([person, *(page.title[language] for page in pages())])  # type: ignore[index]


def test_what_a_chart_means_is_shown_by_pointer_and_by_key(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    opened(shown, f"{address}/value")
    page = next(page for page in pages() if page.page == "value")
    panel = next(panel for panel in page.panels if panel.kind == "heat")
    paragraphs = panel.meaning("en").split("\n\n")
    sign = shown.get_by_role("button", name=f"Definition of {panel.title['en']}")
    tooltip = shown.locator("[role=tooltip].show")
    sign.hover()
    assert tooltip.locator("p").all_inner_texts() == paragraphs
    # It stays while it is itself pointed at, and goes with the pointer.
    tooltip.hover()
    assert tooltip.is_visible()
    shown.mouse.move(5, 5)
    tooltip.wait_for(state="detached")
    sign.focus()
    assert tooltip.locator("p").all_inner_texts() == paragraphs
    assert sign.get_attribute("aria-describedby") == tooltip.get_attribute("id")
    shown.keyboard.press("Escape")
    tooltip.wait_for(state="detached")


def test_figures_that_could_not_be_updated_are_told_of(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window

    def spoil(route: Route) -> None:
        body = route.request.post_data or ""
        route.continue_(post_data=body.replace('"value":"days_365"', '"value":{"no":"period"}'))

    shown.route("**/_dash-update-component*", spoil)
    try:
        shown.goto(f"{address}/growth")
        shown.wait_for_selector(".notices .alert-error")
    finally:
        shown.unroute("**/_dash-update-component*", spoil)
    assert "Updating figures failed." in shown.inner_text("#vizro-notifications")
    shown.get_by_role("button", name="Close").click()
    shown.wait_for_selector(".notices .alert-error", state="detached")

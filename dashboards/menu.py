"""The menu of the language of the page that is open, as one component."""

from __future__ import annotations

from typing import Any, Literal, cast

import vizro.models as vm
from dash import get_relative_path, html
from vizro.managers import model_manager

from dashboards import parts
from dashboards.specification import GROUPS


class Menu(vm.Accordion):
    """Vizro's menu is a component for each page and group, each of them looked at whenever one changes."""

    type: Literal["menu"] = "menu"

    def build(self, *, active_page_id: str | None = None) -> Any:
        language = "zh" if str(active_page_id).endswith("-zh") else "en"
        titles = {group[language] for group in GROUPS.values()}
        groups = [
            (title, [_named(page) for page in pages])
            for title, pages in self.pages.items()
            if title in titles
        ]
        here = _named(active_page_id)[1] if active_page_id else ""
        return html.Div(parts.Menu(groups, here), id="nav-panel", className="nav")


vm.Navigation.add_type("nav_selector", Menu)


def _named(identifier: str) -> tuple[str, str]:
    """A page's title and address."""
    page = cast(vm.Page, model_manager[identifier])
    return page.title, get_relative_path(page.path)

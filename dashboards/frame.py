"""The pages' YAML as a Vizro dashboard: two languages, one menu each, options asked of the file served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import dash
import flask
import vizro.models as vm
from dash import dcc, html
from dash.development.base_component import ComponentRegistry
from dash_mantine_components import NotificationContainer
from vizro import Vizro
from vizro.managers import data_manager

from dashboards import (
    answers,
    charts,
    choices,
    controls,
    exporting,
    finding,
    numbers,
    opening,
    parts,
    person,
    tables,
)
from dashboards.answers import Chosen
from dashboards.drawing import Drawn, Written
from dashboards.menu import Menu
from dashboards.published import Published
from dashboards.specification import GROUPS, Page, Panel, pages
from dashboards.wording import FRAME_ZH, LANGUAGES, say
from orchestration.environment import PROJECT_ROOT

ROWS = {"numbers": 1, "table": 3}
CHART_ROWS = 3
ROW_HEIGHT = "118px"
PERSON = "person"
# What the parts of a page are to those who do not see them.
LANDMARKS = {
    "right-side": {"role": "main"},
    "header": {"role": "banner"},
    "left-side": {"role": "navigation"},
    "page-title": {"role": "heading", "aria-level": "1"},
}


class Person(vm.VizroBaseModel):
    """The place on the person's page that the address fills."""

    type: Literal["person"] = "person"

    def build(self) -> html.Div:
        return html.Div(id=self.id, className="person")


class Pages(vm.Dashboard):
    """Vizro's dashboard with a switch of language, words in that language, and names for what has none."""

    def build(self) -> Any:
        # Around it stands what gives components of Mantine their theme, and no page has any.
        return super().build().children[0]

    def _make_page_layout(self, page: vm.Page, **kwargs: Any) -> Any:
        layout = super()._make_page_layout(page, **kwargs)
        language = "zh" if page.id.endswith("-zh") else "en"
        for part in _parts(layout):
            _lighten(part, language)
            _name(part, page, language)
            if getattr(part, "id", None) == "page-header" and page.id in (notes := _notes()):
                part.children = [*part.children, html.P(notes[page.id], className="page-note")]
            if getattr(part, "id", None) == f"{PERSON}-view-{language}":
                part.children = _SERVED["view"](str(kwargs.get("user_key", "")), language)
        return layout

    def _make_page_404_layout(self) -> html.Div:
        """Dash does not tell it what was asked for, so it speaks both languages."""
        page = super()._make_page_404_layout()
        theme, picture = page.children[:2]
        picture.alt = ""
        said = [
            html.P(
                [say("no_page", language), " ", html.A(say("to_start", language), href=_start(language))],
                lang=language,
            )
            for language in LANGUAGES
        ]
        page.children = [theme, picture, *said]
        return page

    def custom_header(self) -> list[Any]:
        return [html.Span(id="as-of"), dcc.Link("", href="/", id="language-switch", refresh=False)]


# What the layout of a page is filled from, set once when the application is built.
_SERVED: dict[str, Any] = {}

vm.Page.add_type("components", Person)


def address(page: str, language: str) -> str:
    """Where a page lies; Vizro serves the first one at the root."""
    if language == "en" and page == pages()[0].page:
        return "/"
    return f"/{page}" if language == "en" else f"/zh/{page}"


def _notes() -> dict[str, str]:
    """What is said below a page's title, by the page's id."""
    return {
        f"{page.page}-{language}": page.note[language]  # type: ignore[index]
        for page in pages()
        if page.note
        for language in LANGUAGES
    }


def _start(language: str) -> str:
    return address(pages()[0].page, language)


def _parts(part: Any) -> Iterator[Any]:
    yield part
    for child in _children(part):
        if child is not None and not isinstance(child, str | int | float):
            yield from _parts(child)


def _children(part: Any) -> list[Any]:
    children = getattr(part, "children", None)
    return list(children) if isinstance(children, list | tuple) else [children]


def _lighten(part: Any, language: str) -> None:
    """Leave out what no page shows, and put the pages' own notices where Mantine's would be."""
    inner = getattr(part, "children", None)
    if isinstance(inner, list):
        part.children = [
            parts.Notices(child.id, say("close", language))
            if isinstance(child, NotificationContainer)
            else child
            for child in inner
            if not (isinstance(child, html.A) and getattr(child, "hidden", False))
        ]


def _name(part: Any, page: vm.Page, language: str) -> None:
    """What a screen reader or a keyboard needs and Vizro leaves out."""
    if language == "zh":
        if isinstance(getattr(part, "children", None), str) and part.children in FRAME_ZH:
            part.children = FRAME_ZH[part.children]
        for name in ("title", "aria-label"):
            if getattr(part, name, None) in FRAME_ZH:
                setattr(part, name, FRAME_ZH[getattr(part, name)])
    for name, value in LANDMARKS.get(str(getattr(part, "id", None)), {}).items():
        setattr(part, name, value)
    if getattr(part, "id", None) == "dashboard-title":
        part.children = [say("title", language)]
    if getattr(part, "id", None) == "language-switch":
        part.children = say("other_language", language)
        part.title = say("switch_language", language)
        part.href = address(page.id.rsplit("-", 1)[0], "en" if language == "zh" else "zh")


def build(published: Published, key: bytes | None = None, currency: str = "") -> dash.Dash:
    """The Dash application of all pages.

    Parameters
    ----------
    published : Published
        What is shown.
    key : bytes or None
        The pseudonym key: with it, people are found by what they are called.
    currency : str
        What money is in, ISO 4217; named beside it where it is known.
    """
    _SERVED["view"] = lambda user_key, language: person.view(published, user_key, language, key is not None)
    vizro = Vizro(assets_folder=str(PROJECT_ROOT / "dashboards" / "assets"), update_title=None)
    vizro.dash.index_string = vizro.dash.index_string.replace("<html>", '<html lang="en">')
    made = [_page(published, page, language, currency) for language in LANGUAGES for page in pages()]
    menu: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for page in pages():
            menu.setdefault(GROUPS[page.group][language], []).append(f"{page.page}-{language}")
        made.append(
            vm.Page(
                id=f"{PERSON}-{language}",
                path=address(PERSON, language),
                title=say("person_page", language),
                components=[Person(id=f"{PERSON}-view-{language}")],
            )
        )
        menu[GROUPS["people"][language]].append(f"{PERSON}-{language}")
    # Vizro brings a grid whose script every reader would load and no page uses.
    ComponentRegistry.registry.discard("dash_ag_grid")
    dashboard = Pages(
        title=say("title", "en"),
        theme="vizro_light",
        pages=made,
        navigation=vm.Navigation(nav_selector=Menu(pages=menu)),
    )
    vizro.build(dashboard)
    opening.quicken(vizro.dash)
    exporting.serve(vizro.dash.server, published)

    @vizro.dash.server.post("/find-person")
    def find_person() -> Any:
        """Posted, so that what a person is called stands in no address, history or log."""
        language = "zh" if flask.request.form.get("language") == "zh" else "en"
        found = finding.find(published, flask.request.form.get("who", ""), key) or "unknown"
        return flask.redirect(f"{address(PERSON, language)}?user_key={found}", 303)

    return vizro.dash


def _page(published: Published, page: Page, language: str, currency: str) -> vm.Page:
    components = [
        _component(published, page, number, panel, language, currency)
        for number, panel in enumerate(page.panels)
    ]
    targets = [component.id for component in components]
    return vm.Page(
        id=f"{page.page}-{language}",
        path=address(page.page, language),
        title=page.title[language],  # type: ignore[index]
        components=components,
        layout=vm.Grid(grid=_grid(page.panels), row_min_height=ROW_HEIGHT, row_gap="16px", col_gap="16px"),
        controls=controls.of(published, page, targets, language),
    )


def _component(
    published: Published, page: Page, number: int, panel: Panel, language: str, currency: str
) -> Any:
    identifier = f"{page.page}-{number}-{language}"

    def load(**given: Any) -> Any:
        chosen = Chosen.of(choices.filled(published, page, given, language))
        found = answers.answer(published, panel, chosen, language)
        found.attrs["given"] = given
        return found

    data_manager[identifier] = load
    if panel.kind in ("numbers", "table"):
        shown = numbers.numbers if panel.kind == "numbers" else tables.table
        return Written(
            id=identifier,
            figure=shown(
                data_frame=identifier, panel=panel, language=language, page=identifier, currency=currency
            ),
        )
    meaning, title = panel.meaning(language), panel.title[language]  # type: ignore[index]
    return Drawn(
        id=identifier,
        title=title,
        meaning=meaning,
        label=say("definition_of", language, what=title),
        tall=panel.tall,
        currency=currency if charts.is_money(panel) else "",
        language=language,
        figure=charts.chart(data_frame=identifier, panel=panel, language=language),
    )


def _grid(panels: list[Panel]) -> list[list[int]]:
    """Two charts a row; numbers, tables and what is wide have a row to themselves."""
    grid: list[list[int]] = []
    waiting: int | None = None
    for number, panel in enumerate(panels):
        is_wide = panel.wide or panel.kind in ROWS
        height = ROWS.get(panel.kind, CHART_ROWS) + (2 if panel.tall else 0)
        if is_wide or waiting is None:
            if is_wide and waiting is not None:
                grid += [[waiting, waiting]] * CHART_ROWS
                waiting = None
            if is_wide:
                grid += [[number, number]] * height
            else:
                waiting = number
            continue
        grid += [[waiting, number]] * height
        waiting = None
    if waiting is not None:
        grid += [[waiting, waiting]] * CHART_ROWS
    return grid

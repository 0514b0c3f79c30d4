"""What a reader may choose on a page; the options are those of the file served when the page is opened."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import vizro.models as vm
from dash import html

from dashboards import answers, choices
from dashboards.published import Published
from dashboards.specification import Page
from dashboards.wording import say


class Options(vm.Dropdown):
    """A dropdown whose options are asked of the file served whenever its page is opened."""

    type: Literal["options"] = "options"
    asked: Any = None

    def build(self) -> html.Div:
        if self.asked is not None:
            found = self.asked()
            if found:
                # Pydantic looks at each option given to it, which is most of the time of building a page.
                if found != getattr(self, "options", None):
                    self.options = found
                values = [option["value"] for option in found]
                chosen = getattr(self, "value", None)
                if not getattr(self, "multi", False) and chosen not in values:
                    self.value = values[0]
        return super().build()


vm.Parameter.add_type("selector", Options)


def of(published: Published, page: Page, targets: list[str], language: str) -> list[vm.Parameter]:
    """The controls of a page: its filters, then its own choices."""
    return [*_filters(published, page, targets, language), *_choices(published, page, targets, language)]


def _filters(published: Published, page: Page, targets: list[str], language: str) -> list[vm.Parameter]:
    controls = []
    for name in page.filters:
        if name == "period":
            options = [{"label": say(word, language), "value": word} for word in answers.PERIODS]
            selector: Any = vm.Dropdown(
                id=f"{page.page}-{name}-{language}-selector",
                title=say(name, language),
                options=options,
                value=page.period,
                multi=False,
            )
        else:
            selector = Options(
                id=f"{page.page}-{name}-{language}-selector",
                title=say(name, language),
                options=[{"label": say("everyone", language), "value": ""}],
                value=[],
                multi=True,
                asked=partial(choices.values, published, answers.PEOPLE[name], language),
                extra={"placeholder": say("everyone", language)},
            )
        controls.append(_control(f"{page.page}-{name}-{language}", name, selector, targets))
    return controls


def _choices(published: Published, page: Page, targets: list[str], language: str) -> list[vm.Parameter]:
    controls = []
    for choice in page.choices:
        options = [{"label": o[language], "value": o["value"]} for o in choice.options]
        asked = partial(choices.asked, published, choice.sql, language, choice.words) if choice.sql else None
        first = (asked() if asked else None) or options or [{"label": "–", "value": ""}]
        selector = Options(
            id=f"{page.page}-{choice.name}-{language}-selector",
            title=choice.title[language],  # type: ignore[index]
            options=first,
            value=first[0]["value"],
            multi=False,
            asked=asked,
        )
        controls.append(_control(f"{page.page}-{choice.name}-{language}", choice.name, selector, targets))
    return controls


def _control(identifier: str, name: str, selector: Any, targets: list[str]) -> vm.Parameter:
    return vm.Parameter(
        id=identifier,
        targets=[f"{target}.data_frame.{name}" for target in targets],
        selector=selector,
        show_in_url=True,
    )

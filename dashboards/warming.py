"""What every page asks as it is first opened, asked once before anybody does."""

from __future__ import annotations

import threading

from dashboards import answers, charts, choices
from dashboards.answers import Chosen
from dashboards.published import Published
from dashboards.specification import pages
from dashboards.wording import LANGUAGES


def begin(published: Published) -> threading.Thread:
    """Ask beside the server, which need not wait for it; the answers are kept by what is published."""
    asking = threading.Thread(target=ask, args=(published,), name="warming", daemon=True)
    asking.start()
    return asking


def ask(published: Published) -> None:
    """The questions of all pages with nothing chosen, in the order of the menu and of the languages."""
    for language in LANGUAGES:
        for page in pages():
            given = {choice.name: choice.options[0]["value"] for choice in page.choices if choice.options}
            if "period" in page.filters:
                given["period"] = page.period
            chosen = choices.filled(published, page, given, language)
            for name in set(page.filters) & set(answers.PEOPLE):
                choices.values(published, answers.PEOPLE[name], language)
            for panel in page.panels:
                found = answers.answer(published, panel, Chosen.of(chosen), language)
                if panel.kind not in ("numbers", "table"):
                    charts.drawn(found, panel, language)

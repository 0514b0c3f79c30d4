"""What of a page is asked of the file: charts, drawn once, and rows of numbers or tables, in one piece."""

from __future__ import annotations

from typing import Any, Literal

import vizro.models as vm
from dash import html
from vizro.managers import data_manager

from dashboards import format as formats
from dashboards.parts import Chart, Title


class Drawn(vm.Graph):
    """A chart. Vizro's own is drawn three times: empty, with its rows, and once more in its colours."""

    type: Literal["drawn"] = "drawn"
    meaning: str = ""
    label: str = ""
    tall: bool = False
    currency: str = ""
    language: str = "en"

    def __call__(self, **given: Any) -> Any:
        if "data_frame" not in given:
            given["data_frame"] = data_manager[self["data_frame"]].load()
        return self.figure(**given)

    def build(self) -> html.Div:
        text = formats.counted_in(self.title, self.currency, self.language)
        title = Title(self.id, text, self.meaning, self.label)
        chart = Chart(id=self.id)
        return _framed([title, chart], self.tall, role="figure", **{"aria-label": self.title})


class Written(vm.Figure):
    """Numbers or a table."""

    type: Literal["written"] = "written"

    def build(self) -> html.Div:
        return _framed(None, id=self.id)


vm.Page.add_type("components", Drawn)
vm.Page.add_type("components", Written)


def _framed(children: Any, tall: bool = False, **given: str) -> html.Div:
    """Vizro's frame of a figure, without the turning wheel, which has a part of its own per figure."""
    name = "figure-container tall" if tall else "figure-container"
    return html.Div(html.Div(children, className=name, **given), className="loading-container")

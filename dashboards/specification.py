"""The pages as YAML says them; a misspelt key is refused with its file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from dashboards import dictionary, saying
from metrics import definitions
from orchestration.environment import PROJECT_ROOT
from orchestration.errors import Unusable

FOLDER = PROJECT_ROOT / "dashboards" / "pages"
GROUPS = {
    "growth": {"en": "Growth", "zh": "增长"},
    "behaviour": {"en": "Behaviour", "zh": "行为"},
    "people": {"en": "People", "zh": "用户"},
    "value": {"en": "Value and risk", "zh": "价值与风险"},
    "action": {"en": "Action", "zh": "运营"},
    "trust": {"en": "Trust", "zh": "可信度"},
}
Filter = Literal["period", "country", "channel", "platform", "segment"]
Text = dict[Literal["en", "zh"], str]


class PageError(Unusable):
    """A page's YAML says something that is not understood."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(Strict):
    """A page's own control: its options are given, or asked of the published file and said in its words."""

    name: str
    title: Text
    options: list[dict[str, Any]] = []
    sql: str = ""
    words: str = ""


class Column(Strict):
    """One column of a query as it is shown."""

    label: Text
    definition: str = ""
    explains: Text | None = None
    format: str = ""

    def meaning(self, language: str) -> str:
        """What it says of itself, or what is said where it is defined."""
        if self.explains:
            return self.explains[language]  # type: ignore[index]
        return dictionary.definition(self.definition, language) if self.definition else ""


class Panel(Strict):
    """A row of numbers, a chart or a table."""

    kind: Literal["numbers", "line", "bar", "area", "heat", "sankey", "funnel", "histogram", "table"]
    title: Text
    metrics: list[str] = []
    by: list[str] = []
    sql: str = ""
    sql_of_some: str = ""
    needs: list[str] = []
    x: str = ""
    y: list[str] = []
    color: str = ""
    columns: dict[str, Column] = {}
    words: dict[str, str] = {}
    definition: list[str] = []
    explains: Text | None = None
    span: Text | None = None
    note_of_some: Text | None = None
    wide: bool = False
    tall: bool = False
    stacked: bool = False
    horizontal: bool = False
    format: str = ""

    @model_validator(mode="after")
    def _said_once(self) -> Panel:
        if bool(self.metrics) == bool(self.sql):
            raise ValueError("a panel shows metrics or the rows of sql, one of them")
        if self.sql and not self.needs:
            raise ValueError("a panel with sql names the tables it needs")
        if self.kind == "numbers" and self.sql and not self.columns:
            raise ValueError("numbers of sql say in their columns what they are")
        if unknown := set(self.words.values()) - set(saying.vocabularies()):
            raise ValueError(f"there is no vocabulary {', '.join(sorted(unknown))}")
        return self

    @property
    def follows_period(self) -> bool:
        """Whether what is shown changes with the period chosen."""
        layer = definitions.load()
        return "$first" in self.sql or any(not layer.metrics[name].timeless for name in self.metrics)

    @property
    def follows_people(self) -> bool:
        """Whether rows of sql change with the people chosen; metrics tell it each by each."""
        return not self.sql or "{people}" in self.sql + self.sql_of_some

    @property
    def is_of_whole_months(self) -> bool:
        return "date_trunc('month', $first)" in self.sql

    @property
    def tables(self) -> set[str]:
        layer = definitions.load()
        return set(self.needs) | {table for name in self.metrics for table in layer.tables(name)}

    def meaning(self, language: str) -> str:
        """The definitions of all that is shown."""
        names = [*self.metrics, *self.definition]
        told = [self.explains[language]] if self.explains else []  # type: ignore[index]
        if self.kind == "numbers":
            told += [column.meaning(language) for column in self.columns.values()]
        return "\n\n".join([*told, *(dictionary.definition(name, language) for name in names)])


class View(Strict):
    """Rows that several panels of a page read, as `{name}` in their sql: everyone's, and of people chosen."""

    sql: str
    sql_of_some: str


class Page(Strict):
    """One page, shown in two languages."""

    page: str
    group: str
    order: int
    title: Text
    filters: list[Filter] = []
    period: str = "days_30"
    choices: list[Choice] = []
    note: Text | None = None
    views: dict[str, View] = {}
    panels: list[Panel]

    @model_validator(mode="after")
    def _views_read(self) -> Page:
        read = [_reading(panel, self.views) for panel in self.panels]
        return self if read == self.panels else self.model_copy(update={"panels": read})

    @model_validator(mode="after")
    def _spans_told(self) -> Page:
        for panel in self.panels:
            if "period" in self.filters and panel.follows_period == (panel.span is not None):
                raise ValueError(
                    f"{panel.title['en']}: span is said where the period changes nothing, only there"
                )
        return self


def _reading(panel: Panel, views: dict[str, View]) -> Panel:
    """The panel with each view it reads in place of its name."""
    sql, of_some = panel.sql, panel.sql
    for name, view in views.items():
        sql = sql.replace(f"{{{name}}}", f"({view.sql})")
        of_some = of_some.replace(f"{{{name}}}", f"({view.sql_of_some})")
    return panel if sql == panel.sql else panel.model_copy(update={"sql": sql, "sql_of_some": of_some})


@cache
def pages(folder: Path = FOLDER) -> list[Page]:
    """Every page, in the order of the menu.

    Raises
    ------
    PageError
        A file that is not understood; names the file and what is wrong.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        try:
            page = Page.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
            for panel in page.panels:
                for language in ("en", "zh"):
                    panel.meaning(language)
                    for column in panel.columns.values():
                        column.meaning(language)
        except (ValidationError, yaml.YAMLError) as error:
            raise PageError(f"{path.name}: {error}") from error
        except KeyError as error:
            raise PageError(f"{path.name}: {error} is defined nowhere") from error
        if page.group not in GROUPS:
            raise PageError(f"{path.name}: group {page.group} is not one of {', '.join(GROUPS)}")
        found.append(page)
    order = list(GROUPS)
    return sorted(found, key=lambda page: (order.index(page.group), page.order))

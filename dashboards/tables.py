"""Rows as a plain table: text is shown as text, and how many rows there are is said."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from vizro.models.types import capture

from dashboards import exporting
from dashboards import format as formats
from dashboards.numbers import empty, explained
from dashboards.parts import Plain
from dashboards.specification import Panel
from dashboards.wording import say

# Names longer than these get more room, and so fewer lines.
LETTERS_OF_A_NAME = 32


@capture("figure")
def table(data_frame: pd.DataFrame, panel: Panel, language: str, page: str, currency: str) -> Plain:
    """The rows of a panel under their titles."""
    title = panel.title[language]  # type: ignore[index]
    heading: Any = html.H3(title, className="figure-title")
    if panel.explains:
        sign = explained(title, panel.explains[language], language, f"{page}-{language}-itself")  # type: ignore[index]
        heading = html.Div([heading, sign], className="explained-title")
    if data_frame.empty:
        return Plain(html.Div([heading, empty(data_frame)]))
    total = int(data_frame.attrs.get("total", len(data_frame)))
    names = [name for name in panel.columns if name in data_frame.columns]
    # A column is of numbers or of words as a whole, its title and its empty cells too.
    sides = {name: _side(data_frame[name]) for name in names}
    head = [
        html.Th(_title(panel, name, language, f"{page}-{language}"), scope="col", className=sides[name])
        for name in names
    ]
    body = [
        ("tr", {}, *(_cell(row[name], panel.columns[name].format, language, sides[name]) for name in names))
        for row in data_frame.to_dict("records")
    ]
    shown = say("rows_shown", language, shown=f"{len(data_frame):,}", total=f"{total:,}")
    notes = list(data_frame.attrs.get("notes", []))
    if currency and any(panel.columns[name].format == "money" for name in names):
        notes.insert(0, say("money_in", language, currency=currency))
    below: list[Any] = [" · ".join([shown, *notes])]
    if total > len(data_frame):
        whole = exporting.address(page, data_frame.attrs.get("given", {}))
        below += [" · ", html.A(say("whole_list", language), href=whole, download=f"{page}.csv")]
    return Plain(
        html.Div(
            [
                heading,
                html.Div(
                    html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], className="rows"),
                    className="scroll",
                    tabIndex=0,
                    role="region",
                    **{"aria-label": title},
                ),
                html.P(below, className="rows-shown"),
            ],
            className="table-panel",
        )
    )


def _title(panel: Panel, name: str, language: str, page: str) -> list[object]:
    column = panel.columns[name]
    label = column.label[language]  # type: ignore[index]
    meaning = column.meaning(language)
    if not meaning:
        return [label]
    # The sign stays beside the last word where a title takes two lines; a Chinese one takes one.
    first, blank, last = ("", "", label) if language == "zh" else label.rpartition(" ")
    sign = explained(label, meaning, language, f"{page}-{name}")
    return [first + blank, html.Span([last, sign], className="together")]


def _side(column: pd.Series) -> str:
    if _counts(column):
        return "quantity"
    is_wordy = column.dropna().astype(str).str.len().max() > LETTERS_OF_A_NAME
    return "words wordy" if is_wordy else "words"


def _counts(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def _cell(value: object, how: str, language: str, side: str) -> tuple[Any, ...]:
    if how == "person" and isinstance(value, str):
        address = f"/{'zh/' if language == 'zh' else ''}person?user_key={value}"
        return ("td", {"className": side}, ("a", {"href": address, "title": value}, value[:12] + "…"))
    return ("td", {"className": side}, formats.number(value, how, language))

"""A row of numbers: each with its definition one hover or one Tab away, and what it was before."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from vizro.models.types import capture

from dashboards import format as formats
from dashboards.parts import Plain
from dashboards.specification import Panel
from dashboards.wording import say
from metrics import definitions


@capture("figure")
def numbers(data_frame: pd.DataFrame, panel: Panel, language: str, page: str, currency: str) -> Plain:
    """The cards of a panel."""
    if data_frame.empty:
        return Plain(empty(data_frame))
    rows = data_frame.to_dict("records")
    cards = [_card(row, panel, language, f"{page}-{language}", currency) for row in rows]
    return Plain(html.Div(cards, className="numbers", role="list"))


def empty(data_frame: pd.DataFrame) -> html.Div:
    """Why there is nothing to see."""
    return html.Div(str(data_frame.attrs.get("why", "")), className="empty-state", role="status")


def _called(panel: Panel, name: str, language: str) -> tuple[str, str, str]:
    """What a number is called, what it means and how it is written."""
    if name in panel.columns:
        column = panel.columns[name]
        return column.label[language], column.meaning(language), column.format or "integer"  # type: ignore[index]
    metric = definitions.load().metrics[name]
    return metric.label[language], metric.description[language], metric.format


def _card(row: dict[Any, Any], panel: Panel, language: str, page: str, currency: str) -> html.Div:
    name = str(row["metric"])
    label, meaning, how = _called(panel, name, language)
    value, was = _float(row["value"]), _float(row["was"])
    moved = formats.change(value, was, how)
    before = formats.number(was, how, language)
    told = [
        html.Span(moved, className="moved", title=say("before", language)),
        html.Span(f"{say('was', language)} {before}", className="was"),
    ]
    words = {"of_everyone": "of_everyone_alone", "of_any_period": "of_any_period"}
    notes = [say(word, language) for name, word in words.items() if row[name]]
    if notes:
        told = [html.Span(" · ".join(notes), className="told")]
    return html.Div(
        [
            html.Div(
                [
                    html.Span(
                        formats.counted_in(label, currency if how == "money" else "", language),
                        className="label",
                    ),
                    explained(label, meaning, language, f"{page}-{name}"),
                ],
                className="top",
            ),
            html.Div(
                formats.number(value, how, language),
                className="value",
                **{"data-metric": name},
            ),
            html.Div(told if moved or notes else None, className="before"),
        ],
        className="number",
        role="listitem",
    )


def explained(what: str, meaning: str, language: str, identifier: str) -> html.Button:
    """A small button that shows a definition while it is hovered over or has the focus."""
    return html.Button(
        ["?", html.Span(meaning, className="meaning", id=f"{identifier}-meaning", role="tooltip")],
        className="definition",
        type="button",
        **{
            "aria-label": say("definition_of", language, what=what),
            "aria-describedby": f"{identifier}-meaning",
        },
    )


def _float(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(str(value))

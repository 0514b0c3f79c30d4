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
    cards = [_card(row, language, f"{page}-{language}", currency) for row in data_frame.to_dict("records")]
    return Plain(html.Div(cards, className="numbers", role="list"))


def empty(data_frame: pd.DataFrame) -> html.Div:
    """Why there is nothing to see."""
    return html.Div(str(data_frame.attrs.get("why", "")), className="empty-state", role="status")


def _card(row: dict[Any, Any], language: str, page: str, currency: str) -> html.Div:
    metric = definitions.load().metrics[str(row["metric"])]
    label = metric.label[language]
    is_money = currency and metric.format == "money"
    value, was = _float(row["value"]), _float(row["was"])
    moved = formats.change(value, was, metric.format)
    before = formats.number(was, metric.format, language)
    told = [
        html.Span(moved, className="moved", title=say("before", language)),
        html.Span(f"{say('was', language)} {before}", className="was"),
    ]
    notes = [say(word, language) for word in ("of_everyone", "of_any_period") if row[word]]
    if notes:
        told = [html.Span(" ".join(notes), className="was")]
    return html.Div(
        [
            html.Div(
                [
                    html.Span(f"{label} ({currency})" if is_money else label, className="label"),
                    explained(label, metric.description[language], language, f"{page}-{metric.name}"),
                ],
                className="top",
            ),
            html.Div(
                formats.number(value, metric.format, language),
                className="value",
                **{"data-metric": metric.name},
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

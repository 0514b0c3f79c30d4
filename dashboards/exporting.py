"""The whole of a list of which a page shows the first rows, as a file of comma separated values."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import flask
import pandas as pd

from dashboards import answers, choices
from dashboards.answers import Chosen
from dashboards.published import Missing, Published
from dashboards.saying import said
from dashboards.specification import Panel, pages
from dashboards.wording import LANGUAGES

# What a spreadsheet would run as a formula begins so, or with a blank it drops.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def address(panel: str, given: dict[str, Any]) -> str:
    """Where the whole list of a panel lies, for what is chosen on its page."""
    return f"/rows/{panel}.csv?{urlencode({'chosen': json.dumps(given)})}"


def serve(server: flask.Flask, published: Published) -> None:
    """Answer for the lists of all pages."""
    lists = {
        f"{page.page}-{number}-{language}": (page, panel, language)
        for page in pages()
        for number, panel in enumerate(page.panels)
        for language in LANGUAGES
        if panel.kind == "table"
    }

    @server.get("/rows/<name>.csv")
    def rows(name: str) -> Any:
        if name not in lists:
            flask.abort(404)
        page, panel, language = lists[name]
        try:
            given = json.loads(flask.request.args.get("chosen", "{}"))
            chosen = Chosen.of(choices.filled(published, page, given, language))
        except (TypeError, ValueError):
            flask.abort(400)
        try:
            chunks = published.chunks(*answers.question(published, panel, chosen, language))
        except Missing:
            flask.abort(404)
        answer = flask.Response(_lines(chunks, panel, language), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
        return answer


def _lines(chunks: Iterator[pd.DataFrame], panel: Panel, language: str) -> Iterator[str]:
    """A line of titles and one per row; numbers as they are, and no text that is a formula."""
    labels = [column.label[language] for column in panel.columns.values()]  # type: ignore[index]
    # By the mark before it Excel knows UTF-8.
    yield "\ufeff" + _written([labels])
    for chunk in chunks:
        columns = [
            [
                _safe(said(panel.words[name], value, language) if name in panel.words else value)
                for value in chunk[name]
            ]
            for name in panel.columns
        ]
        yield _written(list(zip(*columns, strict=True)))


def _safe(value: Any) -> Any:
    if value is None or (not isinstance(value, list | dict) and pd.isna(value)):
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _written(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()

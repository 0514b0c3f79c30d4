"""A panel's rows as a chart."""

from __future__ import annotations

from typing import Any

import pandas as pd
from vizro.models.types import capture

from dashboards import margins
from dashboards.colours import HEAT, MEANING, SERIES
from dashboards.format import upright
from dashboards.specification import Panel
from dashboards.wording import say
from metrics import definitions

# A figure of Plotly as plain values, which its own classes would check one by one; and the note below it.
Figure = dict[str, Any]

# As many names as a chart of the usual height has lines for.
NAMES_BELOW_EACH_OTHER = 16

# Fewer bars than these are as wide as they would be among them.
FEW_BARS = 4

TICKS = {
    "percent": ".0%",
    "money": ",.0f",
    "integer": ",d",
    "decimal": ",.2f",
    "seconds": ",.0f",
    "score": ",.1f",
}


@capture("graph")
def chart(data_frame: pd.DataFrame, panel: Panel, language: str) -> Figure:
    """The figure of a panel, as Vizro asks for it."""
    return drawn(data_frame, panel, language)


def drawn(data_frame: pd.DataFrame, panel: Panel, language: str) -> Figure:
    """The figure of a panel, or the words that say why there is none."""
    if data_frame.empty:
        return _empty(str(data_frame.attrs.get("why", "")))
    figure = _DRAWN[panel.kind](data_frame, panel, language)
    layout = figure["layout"]
    layout.update(
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hoverlabel={"namelength": -1},
        font={"size": 13},
    )
    # An axis that has its room needs not look for each label whether it stands out of the figure.
    for axis in ("xaxis", "yaxis"):
        layout[axis] = {"automargin": True, "ticklabeloverflow": "allow", **layout.get(axis, {})}
    x = panel.x or next(iter(panel.by), "")
    if x in data_frame and pd.api.types.is_datetime64_any_dtype(data_frame[x]) and not panel.horizontal:
        layout["xaxis"]["tickformat"] = "%m-%d\n%Y"
    layout["margin"] = margins.guessed(figure["data"], layout)
    return {**figure, "note": " · ".join(data_frame.attrs.get("notes", []))}


def _figure(traces: list[dict[str, Any]], **layout: Any) -> Figure:
    return {"data": traces, "layout": layout}


def _empty(why: str) -> Figure:
    text = "<br>".join(_wrapped(_text(why)))
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "font": {"size": 15}}
    return _figure(
        [],
        annotations=[{"text": text, "showarrow": False, **middle}],
        xaxis={"visible": False},
        yaxis={"visible": False},
    )


def _wrapped(text: str, width: int = 60) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width if text.isascii() else width // 2) or [""]


def _text(value: object) -> str:
    """Plotly reads a few tags in text: none of them comes from data."""
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _label(panel: Panel, name: str, language: str) -> str:
    if name in panel.columns:
        return panel.columns[name].label[language]  # type: ignore[index]
    metric = definitions.load().metrics.get(name)
    return metric.label[language] if metric else name


def _format(panel: Panel) -> str:
    if panel.format:
        return panel.format
    metric = definitions.load().metrics.get(panel.metrics[0]) if panel.metrics else None
    return metric.format if metric else "integer"


def is_money(panel: Panel) -> bool:
    """Whether a chart's axis is of money."""
    return _format(panel) == "money"


def _series(frame: pd.DataFrame, panel: Panel, language: str) -> list[tuple[str, str, pd.DataFrame, str]]:
    """Name, colour, rows and column of each series."""
    columns = panel.y or panel.metrics
    if not panel.color:
        return [
            (_label(panel, name, language), MEANING.get(name, SERIES[n % len(SERIES)]), frame, name)
            for n, name in enumerate(columns)
        ]
    kinds = list(dict.fromkeys(frame[panel.color].fillna(say("unknown", language))))
    return [
        (
            _text(kind),
            MEANING.get(str(kind), SERIES[n % len(SERIES)]),
            frame[frame[panel.color].fillna(say("unknown", language)) == kind],
            columns[0],
        )
        for n, kind in enumerate(kinds)
    ]


def _values(column: pd.Series) -> list[object]:
    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column.tolist()
    return [_text(value) if isinstance(value, str) else value for value in column]


def _lines(frame: pd.DataFrame, panel: Panel, language: str) -> Figure:
    x = panel.x or panel.by[0]
    traces: list[dict[str, Any]] = []
    for name, colour, rows, column in _series(frame, panel, language):
        values = pd.to_numeric(rows[column]).astype(float)
        # A point between two that are missing is on no line.
        is_line = len(rows) > 1 and not values.isna().any()
        traces.append(
            {
                "type": "scatter",
                "x": _values(rows[x]),
                "y": values.tolist(),
                "name": name,
                "mode": "lines" if is_line else "lines+markers",
                "line": {"color": colour, "width": 2},
                **({"stackgroup": "all"} if panel.kind == "area" else {}),
            }
        )
    return _figure(
        traces,
        yaxis={"tickformat": TICKS[_format(panel)], "rangemode": "tozero"},
        hovermode="x unified",
        showlegend=len(traces) > 1,
    )


def _bars(frame: pd.DataFrame, panel: Panel, language: str) -> Figure:
    x = panel.x or panel.by[0]
    traces: list[dict[str, Any]] = []
    highest = 0.0
    for name, colour, rows, column in _series(frame, panel, language):
        keys = _values(
            rows[x].fillna(say("unknown", language))
            if rows[x].dtype == object or str(rows[x].dtype).startswith("str")
            else rows[x]
        )
        values = pd.to_numeric(rows[column]).astype(float).tolist()
        highest = max([highest, *map(abs, values)])
        colours = (
            [MEANING.get(str(key), colour) for key in keys]
            if not panel.color and len(panel.y or panel.metrics) == 1
            else colour
        )
        traces.append(
            {
                "type": "bar",
                "x": values if panel.horizontal else keys,
                "y": keys if panel.horizontal else values,
                "name": name,
                "orientation": "h" if panel.horizontal else "v",
                "marker": {"color": colours},
            }
        )
    counts: dict[str, Any] = {"tickformat": TICKS[_format(panel)]}
    # Half a person is on no axis.
    if TICKS[_format(panel)] == ",d" and highest < 5:
        counts["dtick"] = 1
    names: dict[str, Any] = {"autorange": "reversed", "type": "category"}
    # Plotly leaves out every other name where lines stand closer than it likes.
    if len({key for trace in traces for key in trace["y"]}) <= NAMES_BELOW_EACH_OTHER:
        names["dtick"] = 1
    words = {} if panel.horizontal else upright([str(t) for trace in traces for t in trace["x"]])
    places = {key for trace in traces for key in trace["y" if panel.horizontal else "x"]}
    return _figure(
        traces,
        barmode="relative" if panel.stacked else "group",
        showlegend=len(traces) > 1,
        # One bar that fills a chart says no more than a narrow one.
        bargap=0.25 if len(places) > FEW_BARS else 1 - 0.15 * len(places),
        **({"xaxis": counts, "yaxis": names} if panel.horizontal else {"yaxis": counts, "xaxis": words}),
    )


def _heat(frame: pd.DataFrame, panel: Panel, language: str) -> Figure:
    """Rows by columns: the darker, the more; written into the cell where there is room."""
    value = panel.y[0]
    grid = frame.pivot_table(index=panel.color, columns=panel.x, values=value, aggfunc="first", sort=True)
    # Rows stand as they were asked for: names of weekdays are in no alphabet's order.
    grid = grid.reindex(list(dict.fromkeys(frame[panel.color].dropna())))
    how = TICKS[_format(panel)]
    trace = {
        "type": "heatmap",
        "z": grid.astype(float).values.tolist(),
        "x": [_text(x) for x in grid.columns],
        "y": [_text(y)[:10] if isinstance(y, pd.Timestamp) else _text(y) for y in grid.index],
        "colorscale": HEAT,
        "hovertemplate": f"%{{y}} · %{{x}}: %{{z:{how}}}<extra></extra>",
        "colorbar": {"tickformat": how, "thickness": 10},
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        **({"texttemplate": f"%{{z:{how}}}"} if grid.shape[1] <= 16 else {}),
    }
    return _figure(
        [trace],
        yaxis={"autorange": "reversed", "type": "category"},
        xaxis={"type": "category", "side": "top", "tickangle": 0},
    )


def _funnel(frame: pd.DataFrame, panel: Panel, language: str) -> Figure:
    trace = {
        "type": "funnel",
        "y": _values(frame[panel.x]),
        "x": frame[panel.y[0]].astype(float).tolist(),
        "texttemplate": f"%{{value:{TICKS[_format(panel)]}}}<br>%{{percentInitial:.1%}}",
        "marker": {"color": SERIES[0]},
        "showlegend": False,
    }
    # A funnel is drawn about its middle: its axis would count people below zero.
    return _figure([trace], xaxis={"visible": False})


def _sankey(frame: pd.DataFrame, panel: Panel, language: str) -> Figure:
    """From left to right: the same name on both sides is two nodes, so that no flow turns back."""
    left = list(dict.fromkeys(frame[panel.x]))
    right = list(dict.fromkeys(frame[panel.color]))
    names = [*left, *right]
    places = [SERIES[(left.index(n) if n in left else right.index(n)) % len(SERIES)] for n in names]
    colours = [MEANING.get(str(name), place) for name, place in zip(names, places, strict=True)]
    labels = [_text(name) for name in names]
    trace = {
        "type": "sankey",
        "node": {"label": labels, "color": colours, "pad": 20, "thickness": 14},
        "link": {
            "source": [left.index(name) for name in frame[panel.x]],
            "target": [len(left) + right.index(name) for name in frame[panel.color]],
            "value": frame[panel.y[0]].astype(float).tolist(),
            "color": "rgba(127,127,127,0.35)",
        },
    }
    return _figure([trace])


_DRAWN = {
    "line": _lines,
    "area": _lines,
    "bar": _bars,
    "histogram": _bars,
    "heat": _heat,
    "funnel": _funnel,
    "sankey": _sankey,
}

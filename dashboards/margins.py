"""The room a chart's labels will want, told beforehand.

Plotly finds it by drawing: a label that has no room makes it draw the whole chart again. What is guessed too
small here costs that second drawing and cuts nothing off; what is guessed too large is a little white.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

NARROW = frozenset("iljtfrI.,:;'|!()[] ·-")
WIDE = frozenset("mwMW%@&—")
# Pixels of letters of 13, as Chromium sets the pages' font; digits, signs and capitals are the figures.
LETTER, FIGURE, NARROW_LETTER, WIDE_LETTER, IDEOGRAPH = 8.3, 9.0, 4.8, 12.0, 14.2
# Between a figure's edge and its plot, but for the labels; and what a row of them and a legend are high.
GAP, LINE, LEGEND = 25, 18, 54
PLAIN = {"l": 8, "r": 8, "t": 28, "b": 8}


def width(text: str) -> float:
    """Pixels of a label, rather too many than too few."""
    pixels = 0.0
    for letter in text:
        if ord(letter) > 0x2E7F:
            pixels += IDEOGRAPH
        elif letter in NARROW:
            pixels += NARROW_LETTER
        elif letter in WIDE:
            pixels += WIDE_LETTER
        else:
            pixels += LETTER if letter.islower() else FIGURE
    return pixels


def guessed(traces: Sequence[dict[str, Any]], layout: dict[str, Any]) -> dict[str, float]:
    """The margins of a figure of Plotly: pixels left, right, above and below."""
    room: dict[str, float] = dict(PLAIN)
    if layout.get("showlegend"):
        room["t"] = LEGEND
    kinds = {trace["type"] for trace in traces}
    if kinds <= {"scatter", "bar", "funnel", "heatmap"} and traces:
        room["l"] = GAP + max(map(width, _labels(traces, layout)), default=0.0)
    if kinds == {"heatmap"}:
        room |= {"t": GAP + LINE, "r": 90}
    if kinds <= {"scatter", "bar"} and traces:
        is_dated = "\n" in str(layout["xaxis"].get("tickformat", ""))
        words = layout["xaxis"].get("labelalias", {}).values()
        lines = 2 if is_dated else 1 + max((str(word).count("<br>") for word in words), default=0)
        room["b"] = GAP + LINE * lines
        room["r"] = 20
    return room


def _labels(traces: Sequence[dict[str, Any]], layout: dict[str, Any]) -> Iterable[str]:
    """Names as they stand; of numbers the longest that an axis over them can have."""
    values = [list(trace["y"]) for trace in traces]
    if not all(isinstance(value, int | float) for column in values for value in column):
        return {str(value) for column in values for value in column}
    is_stacked = layout.get("barmode") == "relative" or any("stackgroup" in trace for trace in traces)
    columns = [[value for value in column if not math.isnan(value)] for column in values]
    together = sum if is_stacked else max
    highest = together([max([0.0, *column]) for column in columns])
    lowest = -together([max([0.0, *(-value for value in column)]) for column in columns])
    how = layout["yaxis"].get("tickformat", "g")
    # Plotly writes a minus as wide as a digit.
    return {format(value, how.replace(",d", ",.0f")).replace("-", "−") for value in (highest, lowest)}
